import { isToken, parseDigits, SipSyntaxError, trimSpace } from './syntax.ts';

export interface CSeq {
  seq: number;
  method: string;
}

/** RFC 3261 section 8.1.1.5: the number is below 2^31. */
export function parseCSeq(text: string): CSeq {
  const space = text.search(/[ \t]/);
  const seq = parseDigits(text.slice(0, Math.max(0, space)), 0x7fff_ffff);
  const method = trimSpace(text.slice(space));
  if (seq === undefined || seq > 0x7fff_ffff || !isToken(method)) throw new SipSyntaxError('bad CSeq');
  return { seq, method };
}
