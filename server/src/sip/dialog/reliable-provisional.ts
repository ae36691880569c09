import type { SipRequest, SipResponse } from '../message/index.ts';

/** RFC 3262 7.2: which reliable provisional response a PRACK acknowledges. */
export interface RAck {
  rseq: number;
  cseq: number;
  method: string;
}

/** Undefined when the response is not a reliable provisional one. */
export function readRSeq(response: SipResponse): number | undefined {
  if (response.status <= 100 || response.status >= 200 || !hasToken(response, 'Require', '100rel')) return undefined;
  return readNumber(response.get('RSeq'));
}

export function readRAck(prack: SipRequest): RAck | undefined {
  const match = /^(\d+)\s+(\d+)\s+(\S+)$/.exec(prack.get('RAck') ?? '');
  return match ? { rseq: Number(match[1]), cseq: Number(match[2]), method: match[3]! } : undefined;
}

export function formatRAck(rack: RAck): string {
  return `${rack.rseq} ${rack.cseq} ${rack.method}`;
}

/** Does the peer understand reliable provisional responses? */
export function supports100rel(request: SipRequest): boolean {
  return hasToken(request, 'Supported', '100rel') || hasToken(request, 'Require', '100rel');
}

export function hasToken(message: SipRequest | SipResponse, header: string, token: string): boolean {
  return message.has(header) && message.tokens(header).some((each) => each.toLowerCase() === token);
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/**
 * The numbers of reliable provisional responses that are passed on from one dialog to another: towards the caller they must rise by one
 * (RFC 3262 3), whatever the numbers of the callees behind.
 */
export class RSeqMap {
  #next: number;
  readonly #toOurs = new Map<string, number>();
  readonly #fromOurs = new Map<number, { remoteTag: string; rseq: number }>();

  constructor(first = 1) {
    this.#next = first;
  }

  /** Our number for a response of the dialog `remoteTag`; the same for its retransmission. */
  ours(remoteTag: string, rseq: number): number {
    const key = `${remoteTag} ${rseq}`;
    let ours = this.#toOurs.get(key);
    if (ours === undefined) {
      ours = this.#next++;
      this.#toOurs.set(key, ours);
      this.#fromOurs.set(ours, { remoteTag, rseq });
    }
    return ours;
  }

  has(remoteTag: string, rseq: number): boolean {
    return this.#toOurs.has(`${remoteTag} ${rseq}`);
  }

  /** What a PRACK with our number acknowledges; undefined when there is no such response (481). */
  theirs(ours: number): { remoteTag: string; rseq: number } | undefined {
    return this.#fromOurs.get(ours);
  }
}
