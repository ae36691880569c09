import type { SipRequest, SipResponse } from '../sip/message/index.ts';

/**
 * A phone that is called a second time by the same INVITE takes it for the first one on another way (RFC 3261 8.2.2.2, 482) while that is
 * not forgotten, so it gets a higher CSeq number; what the caller sends it in that dialog has to count on from there. A PRACK names the
 * number of its INVITE too (RFC 3262 7.2).
 * @param by how much higher; negative: a response on its way back
 */
export function shiftCSeq(message: SipRequest | SipResponse, by = 0): void {
  if (by === 0) return;
  const { seq, method } = message.cseq;
  message.set('CSeq', `${seq + by} ${method}`);
  const rack = /^(\d+)\s+(\d+)\s+(\S+)$/.exec(message.get('RAck') ?? '');
  if (rack) message.set('RAck', `${rack[1]} ${Number(rack[2]) + by} ${rack[3]}`);
}
