import { isIP } from 'node:net';
import type { Side } from '../../media/engine.ts';
import type { Dialog } from '../../sip/dialog/index.ts';
import { hasToken, OfferAnswer, SessionTimer, sessionTimerRequestHeaders } from '../../sip/dialog/index.ts';
import { flat } from '../../sip/flat.ts';
import type { SipRequest, SipResponse, SipUri } from '../../sip/message/index.ts';
import type { Locator } from '../../sip/proxy/index.ts';
import type { ClientTransaction, ServerTransaction, TransactionLayer } from '../../sip/transaction/index.ts';
import type { Target } from '../../sip/transport/types.ts';
import type { Call } from '../call.ts';
import type { Reached } from '../nat/phone-flows.ts';
import { learnContact } from '../ring-party.ts';
import type { SessionTimes } from '../stage.ts';
import type { AnswerRetransmitter } from './answer-retransmitter.ts';
import { type Flows, wayBack } from './caller-way.ts';
import { type GatewayAuth, isChallenge } from './gateway-auth.ts';
import type { Body, Headers } from './headers.ts';

export interface LegPorts {
  readonly transactions: TransactionLayer;
  readonly locator: Locator;
  readonly flows: Flows;
}

export interface LegUser {
  /** Each response; of an INVITE each 2xx once. `seq`: CSeq number of the request it answers. */
  onResponse(response: SipResponse, seq: number): void;
  /** 408: no answer. 503: could not be sent. 488: what it says of its media cannot be relayed. */
  onFailed(status: 408 | 488 | 503): void;
}

export interface LegFields {
  /** Whose relay responses go through; left out: none. */
  call?: Pick<Call, 'media'>;
  side: 'caller' | 'gateway';
  dialog: Dialog;
  /** Where the first request came from or went to; used until the dialog says otherwise. */
  target: Target;
  /** The phone is reached where it was seen, whatever its Contact says: it sits behind a NAT or on a connection. */
  phone?: Reached;
  auth?: GatewayAuth;
  /** Session timer of this side: it has to be refreshed now; it has run out. */
  onRefresh: (leg: Leg) => void;
  onExpired: (leg: Leg) => void;
}

const QUIET: LegUser = { onResponse() {}, onFailed() {} };

/** Our end of the dialog with one side of a bridged call. */
export class Leg {
  readonly side: 'caller' | 'gateway';
  readonly dialog: Dialog;
  readonly offers = new OfferAnswer();
  readonly session: SessionTimer;
  /** The leg on the other side. */
  peer: Leg | undefined;
  /** INVITE of this side that we have not answered yet. */
  inviteIn: ServerTransaction | undefined;
  /** Our INVITE to this side has no final response yet, or its 2xx no ACK. */
  inviteOut = false;
  /** Repeats our 2xx to the latest INVITE of this side. */
  answer: AnswerRetransmitter | undefined;
  /** This side takes UPDATE. */
  takesUpdate = false;
  readonly #ports: LegPorts;
  readonly #call: Pick<Call, 'media'> | undefined;
  readonly #auth: GatewayAuth | undefined;
  #phone: Reached | undefined;
  #home: string;
  #lastSent: { text: string; type: string } | undefined;
  #target: Target;
  #targetUri: string;
  #ack: { seq: number; headers: Headers; body: Body | undefined; branch?: string } | undefined;
  #inviteAuth: Headers = [];

  constructor(ports: LegPorts, fields: LegFields) {
    this.#ports = ports;
    this.#call = fields.call;
    this.side = fields.side;
    this.dialog = fields.dialog;
    this.#auth = fields.auth;
    this.#target = fields.target;
    this.#home = fields.target.address;
    this.#phone = fields.phone;
    this.#targetUri = '';
    this.session = new SessionTimer(ports.transactions.clock, {
      onRefresh: () => fields.onRefresh(this),
      onExpired: () => fields.onExpired(this),
    });
    this.retarget();
  }

  /** The latest session description that this side got from us. Kept as text: it lasts as long as the call, its message must not. */
  get lastSent(): Body | undefined {
    return this.#lastSent && { content: Buffer.from(this.#lastSent.text, 'latin1'), type: this.#lastSent.type };
  }
  set lastSent(body: Body | undefined) {
    this.#lastSent = body && { text: body.content.toString('latin1'), type: flat(body.type) };
  }

  /** Where requests to this side go. */
  get target(): Target {
    const way = this.#phone && this.#ports.flows.wayTo(this.#phone);
    if (way === undefined && this.#phone) {
      // Its connection broke, and nothing stands between us: it can be called where its Contact says.
      this.#phone = undefined;
      this.retarget();
    } else if (way !== undefined && way !== 'flow-failed') this.#target = way;
    return this.#target;
  }

  /** A re-INVITE or UPDATE of this side was taken: where it is from now on. A re-INVITE from elsewhere has proved who sends it. */
  follow(request: SipRequest): void {
    const { method, source } = request;
    this.retarget();
    if (!this.#phone) return;
    learnContact(this.#phone, request);
    if (!source || (method !== 'INVITE' && !this.livesAt(source.address))) return;
    this.#phone.pinned = wayBack(source);
    this.#home = source.address;
  }

  /** This side to those who carry the media. */
  get mediaSide(): Side {
    return this.side === 'caller' ? 'caller' : 'callee';
  }

  /** Is this the address that its first request came from or went to, or the one its dialog names? */
  livesAt(address: string | undefined): boolean {
    return address === undefined || address === this.#home || address === this.#target.address;
  }

  /** Follows the dialog's route set and remote target; a name is looked up in the background. */
  retarget(): void {
    if (this.#phone) return;
    const hop = this.dialog.nextHop;
    const text = hop.toString();
    if (text === this.#targetUri) return;
    this.#targetUri = text;
    const known = this.#ports.locator.locateNow(hop);
    if (known) this.#target = this.#near(known);
    else if (isIP(hop.host) === 0) this.#lookUp(hop, text);
  }

  #lookUp(hop: SipUri, text: string): void {
    this.#ports.locator.locate(hop).then(
      ([first]) => {
        if (first && this.#targetUri === text) this.#target = this.#near(first);
      },
      () => {
        // The way the dialog began stays in use.
      },
    );
  }

  /** Of several listeners the one the dialog began on; an open connection to the same place is used again. */
  #near(found: Target): Target {
    const { flow, localHint, protocol, address, port } = this.#target;
    if (found.protocol !== protocol) return found;
    return found.address === address && found.port === port ? { ...found, flow, localHint } : { ...found, localHint };
  }

  /** Takes note of what the peer's INVITE or its 2xx says of its abilities. */
  learn(message: SipRequest | SipResponse): void {
    if (message.has('Allow')) this.takesUpdate = hasToken(message, 'Allow', 'update');
  }

  /** Sends a request inside the dialog, answering a challenge of the gateway on the way. */
  send(method: string, headers: Headers = [], body?: Body, user: LegUser = QUIET): Pick<ClientTransaction, 'cancel'> {
    let current: ClientTransaction | undefined;
    let cancelled = false;
    const attempt = (auth: Headers): void => {
      const request = this.dialog.createRequest(method, [...headers, ...auth], body);
      const { seq } = request.cseq;
      let accepted = false;
      const receive = (response: SipResponse): void => {
        const credentials = isChallenge(response) && !cancelled ? this.#auth?.answer(request, response) : undefined;
        if (credentials) {
          if (method === 'INVITE') this.#inviteAuth = [credentials];
          attempt([credentials]);
          return;
        }
        if (response.status >= 200 && response.status < 300) {
          if (accepted) {
            this.resendAck(seq);
            return;
          }
          accepted = method === 'INVITE';
          this.dialog.receiveResponse(response);
          this.retarget();
        }
        user.onResponse(response, seq);
      };
      const refuse = (response: SipResponse): void => {
        if (method === 'INVITE' && response.status < 300) this.sendAck(seq);
        user.onFailed(488);
      };
      current = this.#ports.transactions.send(request, this.target, {
        onResponse: (response) => {
          const media = this.#call?.media;
          const passage = { next: () => receive(response), refuse: () => refuse(response) };
          if (media) media.response(this.mediaSide, response, body !== undefined, passage);
          else receive(response);
        },
        onTimeout: () => user.onFailed(408),
        onTransportError: () => user.onFailed(503),
      });
    };
    attempt([]);
    return {
      cancel: () => {
        cancelled = true;
        current?.cancel();
      },
    };
  }

  /** Acknowledges the 2xx to our INVITE `seq`. RFC 3261 22.1: with the credentials of that INVITE. */
  sendAck(seq: number, headers: Headers = [], body?: Body, auth: Headers = this.#inviteAuth): void {
    this.#ack = { seq, headers: [...headers, ...auth], body };
    this.inviteOut = false;
    this.resendAck(seq);
  }

  /** lost-ack: the peer repeats its 2xx. Nothing is sent while its ACK waits for the answer of the other side. */
  resendAck(seq: number): void {
    if (this.#ack?.seq !== seq) return;
    const { headers, body, branch } = this.#ack;
    this.#ack.branch = this.#ports.transactions.sendAck(this.dialog.createAck(seq, headers, body), this.target, { branch });
  }

  /** Asks for a session timer, in an INVITE or UPDATE of ours that refreshes the session. */
  sessionHeaders({ seconds, minSeconds }: SessionTimes): Headers {
    return [['Supported', 'timer'], ...sessionTimerRequestHeaders(seconds, minSeconds, 'uac')];
  }

  stop(): void {
    this.session.stop();
    this.answer?.stop();
    this.dialog.terminate();
  }
}
