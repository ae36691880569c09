import { answerSessionTimer, type SessionTimerAnswer } from '../../sip/dialog/index.ts';
import { createResponse, type SipRequest } from '../../sip/message/index.ts';
import type { ServerTransaction, TransactionLayer } from '../../sip/transaction/index.ts';
import { AnswerRetransmitter } from '../dialog/answer-retransmitter.ts';
import { ALLOW, type Headers } from '../dialog/headers.ts';
import type { Leg } from '../dialog/leg.ts';
import { descriptionOf } from '../media/session-body.ts';
import type { SessionTimes } from '../stage.ts';
import type { Descriptions } from './answer-media.ts';
import { digitOfInfo } from './info-digit.ts';

export interface InDialogOwner {
  readonly leg: Leg;
  readonly media: Descriptions;
  /** A digit that came by INFO. */
  readonly digit: (digit: string) => void;
  readonly times: SessionTimes;
  /** Is it the PRACK for our reliable provisional response? */
  acknowledges(prack: SipRequest): boolean;
  /** The answer to our offer has come. */
  accept(description: Buffer): Promise<boolean>;
  /** The first offer is answered. */
  agreed(): boolean;
  /** The caller does not acknowledge: the call is over. */
  lost(why: string): void;
}

type Timer = Extract<SessionTimerAnswer, { ok: true }>;

/** Answers the caller's requests inside the dialog of an answered call, but BYE. */
export class InDialog {
  readonly #layer: TransactionLayer;
  readonly #owner: InDialogOwner;
  /** Takes what the phone tells about a transfer it was asked for (RFC 3515 2.4.4). */
  onNotify: ((request: SipRequest) => void) | undefined;

  constructor(layer: TransactionLayer, owner: InDialogOwner) {
    this.#layer = layer;
    this.#owner = owner;
  }

  receive(request: SipRequest, tx: ServerTransaction): void {
    switch (request.method) {
      case 'INVITE':
        this.#guard(tx, this.#reinvite(request, tx));
        break;
      case 'UPDATE':
        this.#guard(tx, this.#update(request, tx));
        break;
      case 'PRACK':
        this.#guard(tx, this.#prack(request, tx));
        break;
      case 'INFO':
        this.#info(request, tx);
        break;
      case 'NOTIFY':
        tx.reply(this.onNotify ? 200 : 481);
        this.onNotify?.(request);
        break;
      case 'OPTIONS':
        tx.reply(200, undefined, [
          ['Allow', ALLOW],
          ['Accept', 'application/sdp, application/dtmf-relay, application/dtmf'],
        ]);
        break;
      case 'REFER':
        tx.reply(603, 'Transfer Not Offered');
        break;
      default:
        tx.reply(405, undefined, [['Allow', ALLOW]]);
    }
  }

  #guard(tx: ServerTransaction, work: Promise<void>): void {
    work.catch(() => tx.reply(500));
  }

  async #reinvite(request: SipRequest, tx: ServerTransaction): Promise<void> {
    const { leg, media } = this.#owner;
    // RFC 3261 14.2: our own INVITE is under way, or an earlier one of his is not finished.
    if (leg.inviteOut || leg.dialog.state !== 'confirmed') {
      tx.reply(491);
      return;
    }
    if (leg.inviteIn || leg.answer?.waiting) {
      tx.reply(500, undefined, [['Retry-After', '2']]);
      return;
    }
    const timer = this.#timer(request, tx, this.#owner.times.seconds);
    if (!timer) return;
    leg.inviteIn = tx;
    tx.onCancel = () => tx.reply(487);
    leg.learn(request);
    const offer = descriptionOf(request);
    const description = offer ? await media.answer(offer) : await media.offer();
    leg.inviteIn = undefined;
    if (tx.answered) return;
    if (!description) {
      tx.reply(488);
      return;
    }
    leg.lastSent = { content: description, type: 'application/sdp' };
    const answer = this.#ok(tx, timer.headers, description);
    tx.respond(answer);
    leg.follow(request);
    leg.answer = new AnswerRetransmitter(this.#layer.clock, this.#layer.timers, tx, answer, {
      onAck: (ack) => {
        if (offer) return;
        const theirs = descriptionOf(ack);
        const accepted = theirs ? media.accept(theirs) : Promise.resolve(false);
        accepted.then(
          (usable) => usable || this.#owner.lost('No usable answer to our offer'),
          () => this.#owner.lost('No usable answer to our offer'),
        );
      },
      onLost: () => this.#owner.lost('No ACK for the answer'),
    });
    this.#restart(timer);
  }

  async #update(request: SipRequest, tx: ServerTransaction): Promise<void> {
    const { leg, media, agreed } = this.#owner;
    const timer = this.#timer(request, tx, undefined);
    if (!timer) return;
    let description: Buffer | undefined;
    const offer = descriptionOf(request);
    if (offer) {
      // RFC 3311 5.2: one offer at a time, ours in the 2xx or 183 included.
      if (leg.inviteOut || !agreed()) {
        tx.reply(491);
        return;
      }
      description = await media.answer(offer);
      if (!description) {
        tx.reply(488);
        return;
      }
      leg.lastSent = { content: description, type: 'application/sdp' };
    }
    leg.follow(request);
    tx.respond(this.#ok(tx, timer.headers, description));
    this.#restart(timer);
  }

  async #prack(request: SipRequest, tx: ServerTransaction): Promise<void> {
    const { media, agreed, accept } = this.#owner;
    const wasAgreed = agreed();
    let description: Buffer | undefined;
    let usable = true;
    const theirs = descriptionOf(request);
    if (theirs) {
      // The answer to our offer, or, where his is answered, another offer (RFC 3262 5).
      if (wasAgreed) description = await media.answer(theirs);
      else usable = await accept(theirs);
    }
    // RFC 3262 3: a PRACK for a response that nobody sent.
    if (!this.#owner.acknowledges(request)) tx.reply(481);
    else if (!usable || (wasAgreed && theirs && !description)) tx.reply(488);
    else tx.respond(this.#ok(tx, [], description));
  }

  /** DTMF of phones that send it by INFO; other bodies mean nothing to us (RFC 6086). */
  #info(request: SipRequest, tx: ServerTransaction): void {
    const digit = digitOfInfo(request);
    if (digit !== undefined) this.#owner.digit(digit);
    if (digit !== undefined || request.body.length === 0) tx.reply(200);
    else tx.reply(415, undefined, [['Accept', 'application/dtmf-relay, application/dtmf']]);
  }

  #timer(request: SipRequest, tx: ServerTransaction, wanted: number | undefined): Timer | undefined {
    const timer = answerSessionTimer(request, wanted, this.#owner.times.minSeconds);
    if (timer.ok) return timer;
    tx.reply(timer.status, undefined, timer.headers);
    return undefined;
  }

  #restart({ timer }: Timer): void {
    if (timer) this.#owner.leg.session.start(timer.seconds, timer.refresher === 'uas');
  }

  #ok(tx: ServerTransaction, headers: Headers, description: Buffer | undefined) {
    return createResponse(tx.request, 200, 'OK', {
      headers: [['Contact', this.#owner.leg.dialog.contact], ['Allow', ALLOW], ...headers],
      ...(description && { body: description, contentType: 'application/sdp' }),
    });
  }
}
