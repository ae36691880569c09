import { answerSessionTimer, formatRAck, type RSeqMap, readRAck } from '../../sip/dialog/index.ts';
import { createResponse, type SipRequest, type SipResponse } from '../../sip/message/index.ts';
import type { ServerTransaction, TransactionLayer } from '../../sip/transaction/index.ts';
import { AnswerRetransmitter } from '../dialog/answer-retransmitter.ts';
import { ALLOW, bodyOf, type Headers, hasSession, passedHeaders } from '../dialog/headers.ts';
import type { Leg } from '../dialog/leg.ts';
import { SessionRefresher } from '../dialog/session-refresher.ts';
import type { SessionTimes } from '../stage.ts';

export interface RelayOwner {
  /** The gateway dialog's leg and INVITE number that a PRACK with this number of ours belongs to. */
  readonly rseqs: RSeqMap;
  readonly gatewayInvite: (leg: Leg) => number;
  /** A side does not know the dialog any more, or does not take the ACK or the refresh: the call is over. */
  lost(leg: Leg, why: string): void;
}

/** Passes requests inside the dialogs of a bridged call from one side to the other, and their responses back. */
export class Relay {
  readonly #layer: TransactionLayer;
  readonly #owner: RelayOwner;
  readonly #session: SessionTimes;
  readonly #refresher: SessionRefresher;

  constructor(layer: TransactionLayer, owner: RelayOwner, session: SessionTimes) {
    this.#layer = layer;
    this.#owner = owner;
    this.#session = session;
    this.#refresher = new SessionRefresher(layer.clock, session, (leg, why) => owner.lost(leg, why));
  }

  /** A request of `leg` other than BYE and ACK. */
  receive(leg: Leg, request: SipRequest, tx: ServerTransaction): void {
    if (leg.dialog.receive(request) === 'out-of-order') {
      tx.reply(500, 'CSeq Out Of Order');
      return;
    }
    switch (request.method) {
      case 'INVITE':
        this.#reinvite(leg, request, tx);
        break;
      case 'UPDATE':
        this.#update(leg, request, tx);
        break;
      case 'PRACK':
        this.#prack(leg, request, tx);
        break;
      case 'INFO':
      case 'MESSAGE':
      case 'OPTIONS':
        this.#pass(leg, request, tx, passedHeaders(request));
        break;
      case 'REFER':
        // Transfers would leave the paid call without the one who pays.
        tx.reply(603, 'Transfer Not Offered');
        break;
      default:
        tx.reply(405, undefined, [['Allow', ALLOW]]);
    }
  }

  /** Refreshes the session of one side; the other hears nothing of it (RFC 4028 10). */
  refresh(leg: Leg): void {
    this.#refresher.refresh(leg);
  }

  /** Starts the session timer of a side by its 2xx to our request. */
  startSession(leg: Leg, response: SipResponse): void {
    this.#refresher.start(leg, response);
  }

  #reinvite(leg: Leg, request: SipRequest, tx: ServerTransaction): void {
    const peer = leg.peer!;
    const offer = hasSession(request);
    // RFC 3261 14.2: our own INVITE to this side is under way, or the other side's to us.
    if (leg.inviteOut || peer.inviteIn || peer.answer?.waiting || leg.dialog.state !== 'confirmed' || leg.offers.judge() === 'glare') {
      tx.reply(491);
      return;
    }
    // An earlier INVITE of this side is not finished.
    if (leg.inviteIn || leg.answer?.waiting || leg.offers.judge() === 'pending') {
      tx.reply(500, undefined, [retryAfter()]);
      return;
    }
    const session = answerSessionTimer(request, this.#session.seconds, this.#session.minSeconds);
    if (!session.ok) {
      tx.reply(session.status, undefined, session.headers);
      return;
    }
    leg.inviteIn = tx;
    leg.learn(request);
    peer.inviteOut = true;
    if (offer) this.#offered(leg, peer);
    const headers: Headers = [['Allow', ALLOW], ...peer.sessionHeaders(this.#session), ...passedHeaders(request)];
    const body = bodyOf(request);
    if (body) peer.lastSent = body;
    const failed = (status: number, response?: SipResponse) => {
      leg.inviteIn = undefined;
      peer.inviteOut = false;
      leg.offers.reset();
      peer.offers.reset();
      this.#refuse(peer, tx, status, response);
    };
    const pending = peer.send('INVITE', headers, body, {
      onResponse: (response, seq) => {
        if (response.status < 200) {
          if (response.status > 100) tx.respond(this.#copy(leg, tx, response, []));
        } else if (response.status < 300) {
          this.startSession(peer, response);
          this.#accept(leg, tx, response, seq, { offer, headers: session.headers });
          if (session.timer) leg.session.start(session.timer.seconds, session.timer.refresher === 'uas');
        } else failed(response.status, response);
      },
      onFailed: (status) => failed(status),
    });
    tx.onCancel = () => pending.cancel();
  }

  /** The other side took the re-INVITE: its 2xx goes on, and is repeated until the ACK comes. */
  #accept(
    leg: Leg,
    tx: ServerTransaction,
    response: SipResponse,
    seq: number,
    { offer, headers }: { offer: boolean; headers: Headers },
  ): void {
    const peer = leg.peer!;
    if (hasSession(response)) this.#offered(peer, leg);
    leg.lastSent = bodyOf(response) ?? leg.lastSent;
    leg.follow(tx.request);
    // With the offer in the INVITE nothing is missing for our ACK; without, it has to carry the answer that the other ACK brings.
    if (offer) peer.sendAck(seq);
    const answer = this.#copy(leg, tx, response, headers);
    tx.respond(answer);
    leg.inviteIn = undefined;
    leg.answer = new AnswerRetransmitter(this.#layer.clock, this.#layer.timers, tx, answer, {
      onAck: (ack) => {
        if (offer) return;
        if (hasSession(ack)) this.#offered(leg, peer);
        const body = bodyOf(ack);
        if (body) peer.lastSent = body;
        peer.sendAck(seq, passedHeaders(ack), body);
      },
      onLost: () => this.#owner.lost(leg, 'No ACK for the answer'),
    });
  }

  #update(leg: Leg, request: SipRequest, tx: ServerTransaction): void {
    const session = answerSessionTimer(request, undefined, this.#session.minSeconds);
    if (!session.ok) {
      tx.reply(session.status, undefined, session.headers);
      return;
    }
    const extra: Headers = [...session.headers];
    const restart = () => {
      if (session.timer) leg.session.start(session.timer.seconds, session.timer.refresher === 'uas');
    };
    if (!hasSession(request)) {
      // A refresh of the session or the target is between this side and us.
      leg.follow(request);
      tx.reply(200, undefined, [['Contact', leg.dialog.contact], ['Allow', ALLOW], ...extra]);
      restart();
      return;
    }
    const verdict = leg.offers.judge();
    if (verdict !== 'ok') {
      // RFC 3311 5.2.
      if (verdict === 'glare') tx.reply(491);
      else tx.reply(500, undefined, [retryAfter()]);
      return;
    }
    const peer = leg.peer!;
    this.#offered(leg, peer);
    const body = bodyOf(request);
    this.#pass(leg, request, tx, [['Allow', ALLOW], ...passedHeaders(request)], (response) => {
      if (response && response.status < 300) {
        if (hasSession(response)) this.#offered(peer, leg);
        peer.lastSent = body;
        leg.lastSent = bodyOf(response) ?? leg.lastSent;
        leg.follow(request);
        restart();
        return extra;
      }
      leg.offers.reset();
      peer.offers.reset();
      return [];
    });
  }

  #prack(leg: Leg, request: SipRequest, tx: ServerTransaction): void {
    const peer = leg.peer!;
    const rack = readRAck(request);
    const theirs = rack && leg.side === 'caller' ? this.#owner.rseqs.theirs(rack.rseq) : undefined;
    // RFC 3262 3: a PRACK for a response that nobody sent.
    if (!theirs || theirs.remoteTag !== peer.dialog.remoteTag) {
      tx.reply(481);
      return;
    }
    if (hasSession(request)) this.#offered(leg, peer);
    const numbers = formatRAck({ rseq: theirs.rseq, cseq: this.#owner.gatewayInvite(peer), method: 'INVITE' });
    this.#pass(leg, request, tx, [['RAck', numbers], ...passedHeaders(request)], (response) => {
      if (response && response.status < 300 && hasSession(response)) this.#offered(peer, leg);
      return [];
    });
  }

  #pass(
    leg: Leg,
    request: SipRequest,
    tx: ServerTransaction,
    headers: Headers,
    finished: (response: SipResponse | undefined) => Headers = () => [],
  ): void {
    const peer = leg.peer!;
    peer.send(request.method, headers, bodyOf(request), {
      onResponse: (response) => {
        if (response.status < 200) return;
        const extra = finished(response);
        if (response.status < 300) tx.respond(this.#copy(leg, tx, response, extra));
        else this.#refuse(peer, tx, response.status, response);
      },
      onFailed: (status) => {
        finished(undefined);
        this.#refuse(peer, tx, status);
      },
    });
  }

  /** Passes a failure on. 481 and the silence of a side mean that its dialog is gone (RFC 3261 12.2.1.2, RFC 5057). */
  #refuse(from: Leg, tx: ServerTransaction, status: number, response?: SipResponse): void {
    // A challenge is for us; the other side has no business with the passwords of this one.
    if (status === 401 || status === 407) tx.reply(500);
    else if (response) tx.respond(this.#copy(from.peer!, tx, response, []));
    else tx.reply(status);
    const { method } = tx.request;
    if (status === 481 || (status === 408 && (method === 'INVITE' || method === 'UPDATE')))
      this.#owner.lost(from, `${status} to ${method}`);
  }

  /** A session description went from one side to the other: an offer, or the answer to one. */
  #offered(from: Leg, to: Leg): void {
    from.offers.received();
    to.offers.sent();
  }

  /** The response as the other side gets it: what may pass, in its own dialog. */
  #copy(leg: Leg, tx: ServerTransaction, response: SipResponse, extra: Headers): SipResponse {
    const { method } = tx.request;
    const headers: Headers = [...passedHeaders(response)];
    if (response.status < 300 && (method === 'INVITE' || method === 'UPDATE')) headers.push(['Contact', leg.dialog.contact]);
    if (response.status < 300 && (method === 'INVITE' || method === 'OPTIONS')) headers.push(['Allow', ALLOW]);
    const body = bodyOf(response);
    return createResponse(tx.request, response.status, response.reason, {
      headers: [...headers, ...extra],
      body: body?.content,
      contentType: body?.type,
    });
  }
}

/** RFC 3261 14.2: 0 to 10 s, by chance. */
function retryAfter(): readonly [string, string] {
  return ['Retry-After', String(Math.floor(Math.random() * 11))];
}
