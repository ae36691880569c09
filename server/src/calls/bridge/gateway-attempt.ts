import { Dialog, type DialogRequest, readMinSe, sessionTimerRequestHeaders, supports100rel } from '../../sip/dialog/index.ts';
import { createRequest, NameAddr, type SipRequest, type SipResponse } from '../../sip/message/index.ts';
import { token } from '../../sip/token.ts';
import type { Cancel, ClientTransaction } from '../../sip/transaction/index.ts';
import type { Target } from '../../sip/transport/types.ts';
import { GatewayAuth, isChallenge } from '../dialog/gateway-auth.ts';
import { ALLOW, type Body, bodyOf, type Headers, hasSession, passedHeaders } from '../dialog/headers.ts';
import { gatewayUri } from '../gateways/gateway-target.ts';
import type { BridgeJob, BridgePorts, GatewayLeg } from '../stage.ts';
import { callerIdentity } from './identity.ts';

export interface AttemptEvents {
  /** 101 to 199. */
  onProvisional(attempt: GatewayAttempt, response: SipResponse): void;
  /** Every 2xx, repeated ones included. */
  onAnswered(attempt: GatewayAttempt, response: SipResponse): void;
  /** Once, and no 2xx came before. Without a response: 408 for silence, 503 when it could not be sent. */
  onFailed(attempt: GatewayAttempt, status: number, response?: SipResponse): void;
}

/** A gateway that shows no sign of life for 10*T1 is given up for the next one: the caller does not wait for Timer B. */
const SILENCE_T1 = 10;

/** One gateway that is asked to take the call: its INVITE, sent again with credentials or another session interval where it asks. */
export class GatewayAttempt {
  readonly leg: GatewayLeg;
  /** What the gateway is offered, when it is not the caller's own body. */
  readonly offer: Body | undefined;
  readonly auth: GatewayAuth;
  /** A phone rang behind the gateway. */
  rang = false;
  /** Our Contact in this dialog. */
  contact = '';
  readonly #ports: BridgePorts;
  readonly #job: BridgeJob;
  readonly #events: AttemptEvents;
  /** Why nothing could be sent to the address tried last. */
  fault: string | undefined;
  readonly #callId = token(24);
  readonly #localTag = token(12);
  readonly #sessionSeconds: number;
  /** The INVITE describes the session: a response answers that. */
  readonly #offered: boolean;
  #minSe: number;
  #seq = 1;
  #authHeaders: Headers = [];
  #addresses: Target[] = [];
  #sent: { request: DialogRequest; target: Target } | undefined;
  /** The INVITE while it waits for its answer. */
  #pending: SipRequest | undefined;
  #transaction: ClientTransaction | undefined;
  #state: 'pending' | 'answered' | 'failed' | 'abandoned' = 'pending';
  #stopSilence: Cancel | undefined;
  #stopRinging: Cancel | undefined;

  constructor(ports: BridgePorts, job: BridgeJob, { leg, offer }: { leg: GatewayLeg; offer: Body | undefined }, events: AttemptEvents) {
    this.#ports = ports;
    this.#job = job;
    this.leg = leg;
    this.offer = offer;
    this.#offered = hasSession(job.tx.request);
    const { seconds, minSeconds } = ports.session();
    this.#sessionSeconds = seconds;
    this.#minSe = minSeconds;
    this.#events = events;
    this.auth = new GatewayAuth(leg.gateway);
  }

  /** What a dialog takes from the INVITE as sent last, and where it went. Only after it was sent. */
  get sent(): { request: DialogRequest; target: Target } {
    return this.#sent!;
  }

  /** Credentials of the INVITE; its ACK carries them too. */
  get authHeaders(): Headers {
    return this.#authHeaders;
  }

  start(): void {
    const { transactions, locator } = this.#ports;
    this.#stopRinging = transactions.clock.after(this.leg.gateway.ringTimeout * 1000, () => this.#giveUp());
    const uri = gatewayUri(this.leg.gateway, this.leg.requestUser);
    const known = locator.locateNow(uri);
    if (known) this.#begin([known]);
    else {
      locator.locate(uri).then(
        (targets) => this.#begin(targets),
        () => this.#begin([]),
      );
    }
  }

  /** The call is off: CANCEL as soon as it may be sent; a 2xx that comes all the same is acknowledged and hung up. */
  abandon(): void {
    if (this.#state !== 'pending') return;
    this.#state = 'abandoned';
    this.#stopTimers();
    this.#transaction?.cancel();
  }

  /** Nothing more is wanted of the INVITE transaction. */
  release(): void {
    this.#transaction?.detach();
  }

  #begin(targets: Target[]): void {
    if (this.#state !== 'pending') return;
    this.#addresses = targets;
    this.#tryNextAddress();
  }

  #tryNextAddress(): void {
    const target = this.#addresses.shift();
    if (!target) {
      this.#fail(503);
      return;
    }
    const { transactions } = this.#ports;
    this.#stopSilence?.();
    this.#stopSilence = transactions.clock.after(SILENCE_T1 * transactions.timers.t1, () => this.#giveUp());
    this.#send(target);
  }

  #send(target: Target): void {
    const request = this.#build(target);
    this.#pending = request;
    this.#sent = { request, target };
    this.#transaction = this.#ports.transactions.send(request, target, {
      onResponse: (response) => this.#gate(response),
      onTimeout: () => this.#fail(408),
      onTransportError: (error) => {
        this.fault = error.message;
        if (this.#state === 'pending') this.#tryNextAddress();
      },
    });
  }

  #build(target: Target): SipRequest {
    const { tx, caller } = this.#job;
    const { gateway, requestUser } = this.leg;
    const invite = tx.request;
    const uri = gatewayUri(gateway, requestUser);
    const identity = callerIdentity(gateway, caller, this.#ports.domain());
    const from = identity.from;
    from.tag = this.#localTag;
    this.contact = this.#contactFor(target);
    const reliable = supports100rel(invite);
    const body = this.offer ?? bodyOf(invite);
    const headers: Headers = [
      // The number of hops goes on counting, so that a call that comes back to us through a gateway ends some time.
      ['Max-Forwards', String(Math.max(0, (invite.maxForwards ?? 70) - 1))],
      ['From', from.toString()],
      ['To', new NameAddr(uri).toString()],
      ['Call-ID', this.#callId],
      ['CSeq', `${this.#seq} INVITE`],
      ['Contact', this.contact],
      ['Allow', ALLOW],
      ['Supported', reliable ? 'timer, 100rel' : 'timer'],
      ...sessionTimerRequestHeaders(Math.max(this.#sessionSeconds, this.#minSe), this.#minSe),
      ...identity.headers,
      ...passedHeaders(invite),
      ...this.#authHeaders,
    ];
    if (body) headers.push(['Content-Type', body.type]);
    return createRequest('INVITE', uri, headers, body?.content);
  }

  #contactFor(target: Target): string {
    const { sentBy } = this.#ports.transactions.transport.viaFor(target);
    const transport = target.protocol === 'udp' ? '' : `;transport=${target.protocol}`;
    return `<sip:${encodeURIComponent(this.leg.gateway.username ?? 'trunk')}@${sentBy}${transport}>`;
  }

  /** Through the relay of the call, if it has one. */
  #gate(response: SipResponse): void {
    const { media } = this.#job.call;
    const next = () => this.#onResponse(response);
    if (media) media.response('callee', response, this.#offered, { next, refuse: () => this.#refuse(response) });
    else next();
  }

  /** What it says of its media cannot be relayed: it rings in silence, and its answer is none. */
  #refuse(response: SipResponse): void {
    if (response.status < 200 || response.status >= 300) {
      response.setBody('');
      this.#onResponse(response);
      return;
    }
    this.hangUp(response);
    this.#fail(488);
  }

  #onResponse(response: SipResponse): void {
    this.#stopSilence?.();
    const { status } = response;
    if (status < 200) {
      if (status >= 180) this.rang = true;
      if (status > 100 && this.#state === 'pending') this.#events.onProvisional(this, response);
    } else if (status < 300) this.#onSuccess(response);
    else if (this.#state === 'pending' && !this.#sendAgain(response)) this.#fail(status, response);
  }

  #onSuccess(response: SipResponse): void {
    if (this.#state === 'abandoned' || this.#state === 'failed') {
      this.hangUp(response);
      return;
    }
    this.#state = 'answered';
    this.#stopTimers();
    this.#settle();
    this.#events.onAnswered(this, response);
  }

  /** The answered call lasts for minutes: what is left of its INVITE is what another 2xx needs. */
  #settle(): void {
    const { request, target } = this.sent;
    const { callId, cseq, from, uriText } = request;
    this.#sent = { request: { callId, cseq, from, uriText }, target };
    this.#pending = undefined;
  }

  /** 401, 407 and 422 say how the same call would be taken. */
  #sendAgain(response: SipResponse): boolean {
    if (isChallenge(response)) {
      const credentials = this.auth.answer(this.#pending!, response);
      if (!credentials) return false;
      this.#authHeaders = [credentials];
    } else if (response.status === 422 && readMinSe(response) > this.#minSe) this.#minSe = readMinSe(response);
    else return false;
    this.#seq++;
    this.#send(this.sent.target);
    return true;
  }

  #giveUp(): void {
    if (this.#state !== 'pending') return;
    this.abandon();
    this.#events.onFailed(this, 408);
  }

  #fail(status: number, response?: SipResponse): void {
    if (this.#state !== 'pending') return;
    this.#state = 'failed';
    this.#stopTimers();
    this.#events.onFailed(this, status, response);
  }

  #stopTimers(): void {
    this.#stopSilence?.();
    this.#stopRinging?.();
  }

  /** late-2xx-after-cancel, and the 2xx of another branch behind the gateway: that dialog is ended where it began. */
  hangUp(response: SipResponse): void {
    const { request, target } = this.sent;
    const { transactions } = this.#ports;
    const dialog = Dialog.calling(request, response, this.contact);
    transactions.sendAck(dialog.createAck(response.cseq.seq, this.#authHeaders), target);
    const bye = dialog.createRequest('BYE');
    transactions.send(bye, target, {
      onResponse: (answer) => {
        const credentials = isChallenge(answer) ? this.auth.answer(bye, answer) : undefined;
        if (credentials)
          transactions.send(dialog.createRequest('BYE', [credentials]), target, { onResponse() {}, onTimeout() {}, onTransportError() {} });
      },
      onTimeout() {},
      onTransportError() {},
    });
  }
}
