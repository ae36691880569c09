import { hasToken, RSeqMap, readRSeq, supports100rel } from '../../sip/dialog/index.ts';
import { createResponse, type SipResponse } from '../../sip/message/index.ts';
import { ALLOW, bodyOf, type Headers, passedHeaders, reasonHeader } from '../dialog/headers.ts';
import type { StageFailure } from '../stage.ts';
import { describe, type Pair } from './pairs.ts';
import type { SetUp } from './set-up.ts';

/** What the caller hears of his INVITE: the words of the gateway, in his own dialog. */
export class CallerResponses {
  /** Numbers of reliable provisional responses: the gateway's, and ours towards the caller. */
  readonly rseqs = new RSeqMap();
  readonly #job: SetUp;

  constructor(job: SetUp) {
    this.#job = job;
  }

  provisional(pair: Pair, response: SipResponse): void {
    const { tx } = this.#job;
    const headers: Headers = [['Contact', pair.caller.dialog.contact], ['Allow', ALLOW], ...passedHeaders(response)];
    const rseq = readRSeq(response);
    if (rseq !== undefined) {
      if (supports100rel(tx.request)) {
        headers.push(['Require', '100rel'], ['RSeq', String(this.rseqs.ours(pair.gateway.dialog.remoteTag, rseq))]);
      } else this.#prackOurselves(pair, rseq);
    }
    describe(pair, response);
    tx.respond(this.#copy(pair, response, headers));
  }

  /** The 2xx. @param session headers of the session timer that he wished for */
  answer(pair: Pair, response: SipResponse, session: Headers): SipResponse {
    const { contact } = pair.caller.dialog;
    const headers: Headers = [['Contact', contact], ['Allow', ALLOW], ['Supported', 'timer'], ...session, ...passedHeaders(response)];
    return this.#copy(pair, response, headers);
  }

  /** A failure in our own words. */
  refusal(status: number, reason: string): Pick<StageFailure, 'status' | 'reason' | 'response'> {
    const { request, localTag } = this.#job.tx;
    const headers = [reasonHeader(status, reason)];
    return { status, reason, response: createResponse(request, status, reason, { toTag: localTag, headers }) };
  }

  /** The gateway insists on reliable provisional responses that the caller does not know: it gets its PRACK from us. */
  #prackOurselves(pair: Pair, rseq: number): void {
    if (this.rseqs.has(pair.gateway.dialog.remoteTag, rseq)) return;
    this.rseqs.ours(pair.gateway.dialog.remoteTag, rseq);
    pair.gateway.send('PRACK', [['RAck', `${rseq} ${pair.attempt.sent.request.cseq.seq} INVITE`]]);
  }

  #copy(pair: Pair, response: SipResponse, headers: Headers): SipResponse {
    const body = bodyOf(response);
    if (body && (response.status >= 200 || hasToken(response, 'Require', '100rel'))) pair.caller.lastSent = body;
    return createResponse(this.#job.tx.request, response.status, response.reason, {
      toTag: pair.caller.dialog.localTag,
      headers,
      body: body?.content,
      contentType: body?.type,
    });
  }
}
