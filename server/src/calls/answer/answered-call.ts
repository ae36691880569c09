import type { CallEnd } from '../../billing/call-record.ts';
import { type RefusalCode, refusals } from '../../routing/refusals.ts';
import { Dialog, DialogError } from '../../sip/dialog/index.ts';
import { type SipRequest, SipUri } from '../../sip/message/index.ts';
import { token } from '../../sip/token.ts';
import type { Cancel, ServerTransaction } from '../../sip/transaction/index.ts';
import { admit, type CallerSession } from '../dialog/admit.ts';
import { AnswerRetransmitter } from '../dialog/answer-retransmitter.ts';
import { callerWay } from '../dialog/caller-way.ts';
import { causeHeaders, type Headers, reasonHeader } from '../dialog/headers.ts';
import { Leg } from '../dialog/leg.ts';
import { ownContact } from '../dialog/own-contact.ts';
import { SessionRefresher } from '../dialog/session-refresher.ts';
import { descriptionOf } from '../media/session-body.ts';
import type { StageHandle } from '../stage.ts';
import { AnswerMedia } from './answer-media.ts';
import { EarlyMedia } from './early-media.ts';
import { InDialog } from './in-dialog.ts';
import { Negotiation } from './negotiation.ts';
import type { AnsweredCalls, AnswerJob, AnswerPorts } from './ports.ts';
import { refusalOf, replyIn } from './replies.ts';
import { type CallActs, serviceView } from './service-view.ts';
import { transfer } from './transfer.ts';

/**
 * - opening: the media is being made ready.
 * - inviting: the service runs; the caller has no final response.
 * - talking: he has our 200.
 * - ended: over; what is left is the BYE on its way.
 */
type State = 'opening' | 'inviting' | 'talking' | 'ended';

/** A call that ends here: we are the UAS of its dialog (RFC 3261 13.3), and a service talks to the caller. */
export class AnsweredCall implements StageHandle, CallActs {
  readonly #ports: AnswerPorts;
  readonly #job: AnswerJob;
  readonly #registry: AnsweredCalls;
  readonly #abort = new AbortController();
  #state: State = 'opening';
  #session: CallerSession = { headers: [], timer: undefined };
  #media: AnswerMedia | undefined;
  #leg: Leg | undefined;
  #inDialog: InDialog | undefined;
  #negotiation: Negotiation | undefined;
  #early: EarlyMedia | undefined;
  #refusal: RefusalCode | undefined;
  /** Settles with the ACK for our 200: true when the session is agreed on. */
  #acknowledged: Promise<boolean> = Promise.resolve(true);
  /** The caller is to get a BYE as soon as his ACK is here (RFC 3261 15). */
  #byeWaits: Headers | undefined;
  #stopLimit: Cancel | undefined;

  constructor(ports: AnswerPorts, job: AnswerJob, registry: AnsweredCalls) {
    this.#ports = ports;
    this.#job = job;
    this.#registry = registry;
  }

  isTalking = (): boolean => this.#state === 'talking';

  start(): void {
    const { call, tx } = this.#job;
    call.hangup = (by, reason) => this.#end(by, reason);
    tx.onCancel = () => this.cancel('caller');
    const admission = admit(tx, this.#ports.session());
    if (!admission.ok) {
      const { response } = admission;
      this.#fail({ why: 'refused', status: response.status, reason: response.reason, response, endedBy: 'error' });
      return;
    }
    this.#session = admission.session;
    tx.reply(100);
    this.#run().catch((error: unknown) => {
      this.#ports.log(`The service ${this.#job.app} failed`, error);
      this.#end('error', 'Server Internal Error');
    });
  }

  /** Before the answer: the INVITE ends in 487 (a CANCEL) or 480. A CANCEL after it changes nothing (RFC 3261 9.2). */
  cancel(by: CallEnd, reason = 'Call ended'): void {
    if (this.#state !== 'opening' && this.#state !== 'inviting') return;
    if (by === 'caller') this.#fail({ why: 'cancelled', status: 487, reason: 'Request Terminated', endedBy: by });
    else this.#fail({ why: 'cancelled', status: 480, reason, endedBy: by, response: refusalOf(this.#job.tx, 480, reason) });
  }

  refuseWith(code: RefusalCode): void {
    this.#refusal = code;
  }

  async early(): Promise<boolean> {
    const early = this.#early;
    const leg = this.#leg;
    if (this.#state !== 'inviting' || !early || !leg || early.sent) return this.#state !== 'ended' && early?.sent === true;
    const { clock, timers } = this.#ports.transactions;
    const description = this.#negotiation?.description;
    const make = (headers: Headers) => replyIn(leg.dialog, this.#job.tx.request, [183, 'Session Progress'], headers, description);
    const heard = await early.send(clock, timers, make, () => {
      if (this.#state === 'inviting') this.#refuse(504, 'No PRACK');
    });
    return heard && !this.#abort.signal.aborted;
  }

  async answer(): Promise<boolean> {
    if (this.#state === 'talking') return true;
    await this.#early?.settled();
    const leg = this.#leg;
    const negotiation = this.#negotiation;
    if (this.#state !== 'inviting' || !leg || !negotiation) return false;
    this.#state = 'talking';
    const { tx, call } = this.#job;
    const { clock, timers } = this.#ports.transactions;
    const headers: Headers = [['Supported', 'timer'], ...this.#session.headers];
    const description = this.#early?.described ? undefined : negotiation.description;
    const answer = replyIn(leg.dialog, tx.request, [200, 'OK'], headers, description);
    leg.dialog.confirm();
    call.answered();
    tx.respond(answer);
    this.#acknowledged = new Promise((resolve) => {
      leg.answer = new AnswerRetransmitter(clock, timers, tx, answer, {
        onAck: (ack) => this.#onAck(leg, ack).then(resolve, () => resolve(false)),
        onLost: () => {
          resolve(false);
          if (this.#byeWaits) this.#bye(leg, this.#byeWaits);
          else this.#end('error', 'No ACK for the answer');
        },
      });
    });
    const { timer } = this.#session;
    if (timer) leg.session.start(timer.seconds, timer.refresher === 'uas');
    const longest = this.#ports.maxCallSeconds();
    if (longest !== null) this.#stopLimit = clock.after(longest * 1000, () => this.#end('session-timeout', 'Longest duration reached'));
    return negotiation.agreed || this.#acknowledged;
  }

  async transfer(number: string): Promise<boolean> {
    await this.#acknowledged;
    const leg = this.#leg;
    const { caller } = this.#job.call.start;
    if (this.#state !== 'talking' || !leg || !this.#inDialog || caller.kind !== 'subscriber') return false;
    const uri = new SipUri('sip', number, caller.subscriber.domain);
    return transfer(leg, this.#inDialog, uri, { clock: this.#ports.transactions.clock, hungUp: this.#abort.signal });
  }

  /** A request inside the dialog. */
  receive(request: SipRequest, tx: ServerTransaction): void {
    const leg = this.#leg;
    if (!leg) return;
    if (leg.dialog.receive(request) === 'out-of-order') {
      tx.reply(500, 'CSeq Out Of Order');
      return;
    }
    if (request.method === 'BYE') {
      tx.reply(200);
      // RFC 3261 15: the caller may give up an early dialog by BYE; it means what a CANCEL means.
      if (this.#state === 'inviting') this.cancel('caller');
      else this.#end('caller', '', causeHeaders(request));
    } else if (this.#state === 'ended') tx.reply(481);
    else this.#inDialog?.receive(request, tx);
  }

  receiveAck(ack: SipRequest): void {
    this.#leg?.answer?.receive(ack);
  }

  async #run(): Promise<void> {
    const { call, tx, run } = this.#job;
    const order = { callId: call.id, ...this.#ports.mediaOf(tx.request, call.start.caller) };
    const media = await AnswerMedia.open(this.#ports, order, descriptionOf(tx.request));
    if (typeof media === 'string') this.#refuseFor(media);
    else if (this.#state === 'ended') media.close();
    else if (await this.#open(media)) {
      await run(serviceView(this.#job, this.#ports.prompts, media.endpoint, this.#abort.signal, this));
      if (this.#state === 'inviting') {
        this.#refuseFor(this.#refusal ?? 'no-answer');
      } else this.#end('callee', 'The service has ended');
    }
  }

  /** Negotiates the session; false when there is none to be had. */
  async #open(media: AnswerMedia): Promise<boolean> {
    this.#media = media;
    media.onLost = (why) => this.#end('error', `Media lost: ${why}`);
    media.onSilence = (seconds) => this.#end('media-timeout', `No sound for ${seconds} s`);
    const negotiation = await Negotiation.open(media, this.#job.tx.request).catch((error: unknown) =>
      media.isTranslated ? this.#refuseFor('media-down') : Promise.reject(error),
    );
    if (this.#state !== 'opening') return false;
    if (!negotiation) return this.#refuse(488, 'No codec in common');
    this.#state = 'inviting';
    try {
      this.#openDialog(media, negotiation);
    } catch (error) {
      if (!(error instanceof DialogError)) throw error;
      return this.#refuse(400, 'Missing Contact');
    }
    return true;
  }

  #openDialog(media: AnswerMedia, negotiation: Negotiation): void {
    const { call, tx } = this.#job;
    const { request } = tx;
    const { transactions, session, flows } = this.#ports;
    const refresher = new SessionRefresher(transactions.clock, session(), (_, why) => this.#end('session-timeout', why));
    // A tag of its own: another stage of the plan, before or after, has a dialog with another session.
    const dialog = Dialog.answering(request, token(12), ownContact(transactions, request));
    const leg = new Leg(this.#ports, {
      ...{ call: { media: undefined }, side: 'caller' as const, dialog, ...callerWay(request, request.source!, call, flows) },
      onRefresh: (each) => refresher.refresh(each),
      onExpired: () => this.#end('session-timeout', 'Session timer expired'),
    });
    leg.learn(request);
    leg.lastSent = { content: negotiation.description, type: 'application/sdp' };
    const early = new EarlyMedia(tx, negotiation);
    this.#negotiation = negotiation;
    this.#early = early;
    this.#leg = leg;
    this.#inDialog = new InDialog(transactions, {
      ...{ leg, media, times: session(), digit: (digit) => media.endpoint.digit(digit) },
      acknowledges: (prack) => early.receive(prack),
      accept: (description) => negotiation.accept(description),
      agreed: () => negotiation.agreed,
      lost: (why) => this.#end('error', why),
    });
    this.#registry.add(leg, this);
  }

  async #onAck(leg: Leg, ack: SipRequest): Promise<boolean> {
    if (this.#byeWaits) {
      this.#bye(leg, this.#byeWaits);
      return false;
    }
    const negotiation = this.#negotiation;
    if (negotiation?.agreed) return true;
    const answer = descriptionOf(ack);
    if (answer && (await negotiation?.accept(answer))) return true;
    this.#end('error', 'No usable answer to our offer');
    return false;
  }

  #refuseFor(refusal: RefusalCode): void {
    this.#fail({ why: 'refused', ...refusals[refusal], refusal });
  }

  #refuse(status: number, reason: string): false {
    this.#fail({ why: 'refused', status, reason, endedBy: 'error', response: refusalOf(this.#job.tx, status, reason) });
    return false;
  }

  #fail(failure: Parameters<AnswerJob['onFailed']>[0]): void {
    if (this.#state === 'ended') return;
    this.#close();
    if (this.#leg) this.#drop(this.#leg);
    this.#job.onFailed(failure);
  }

  /** Ends the call, answered or not. `reason` is empty when the caller said BYE. */
  #end(by: CallEnd, reason: string, causes: Headers = []): void {
    if (this.#state === 'opening' || this.#state === 'inviting') {
      this.cancel(by, reason);
      return;
    }
    const leg = this.#leg;
    if (this.#state === 'ended' || !leg) return;
    this.#close();
    leg.session.stop();
    leg.inviteIn?.reply(487);
    if (reason === '') this.#drop(leg);
    else {
      const headers = causes.length > 0 ? causes : [reasonHeader(200, reason)];
      // RFC 3261 15: no BYE of the answering side before the ACK, or before there is no hope of one.
      if (leg.answer?.waiting) this.#byeWaits = headers;
      else this.#bye(leg, headers);
    }
    this.#job.call.finish({ status: 200, reason: 'OK', endedBy: by });
  }

  /** What every end has in common. */
  #close(): void {
    this.#state = 'ended';
    this.#stopLimit?.();
    this.#early?.stop();
    this.#media?.close();
    this.#abort.abort();
  }

  #bye(leg: Leg, headers: Headers): void {
    leg.answer?.stop();
    leg.dialog.terminate();
    leg.send('BYE', headers, undefined, {
      onResponse: (response) => {
        if (response.status >= 200) this.#drop(leg);
      },
      onFailed: () => this.#drop(leg),
    });
  }

  #drop(leg: Leg): void {
    leg.stop();
    this.#registry.remove(leg);
  }
}
