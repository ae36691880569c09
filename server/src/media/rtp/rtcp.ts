/** Packet types of RTCP (RFC 3550 section 12.1). */
export const rtcpType = { senderReport: 200, receiverReport: 201, description: 202, bye: 203 } as const;

/** One source as its receiver saw it (RFC 3550 section 6.4.1). */
export interface ReceptionReport {
  readonly ssrc: number;
  /** Part of the packets that were lost since the last report, in 256ths. */
  readonly fractionLost: number;
  readonly lost: number;
  readonly highestSequence: number;
  /** In ticks of the clock. */
  readonly jitter: number;
}

/** What a sender says of itself. */
export interface SenderInfo {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly timestamp: number;
  readonly packets: number;
  readonly bytes: number;
}

/** Seconds between 1900, where NTP counts from, and 1970. */
const NTP_OFFSET = 2_208_988_800;

/** Whether a datagram on a port that carries both is RTCP (RFC 5761 section 4): its second byte is a type of RTCP. */
export const looksLikeRtcp = (bytes: Buffer): boolean => bytes.length > 1 && bytes[1]! >= 192 && bytes[1]! <= 223;

/** Whether these bytes begin with a well-formed RTCP packet (RFC 3550 appendix A.2); what follows in an SRTCP packet cannot be read. */
export function isRtcp(bytes: Buffer): boolean {
  if (bytes.length < 8 || bytes[0]! >> 6 !== 2 || !looksLikeRtcp(bytes)) return false;
  return 4 * (1 + ((bytes[2]! << 8) | bytes[3]!)) <= bytes.length;
}

/** A compound packet: a report (of a sender when `sent` is given), the CNAME, and BYE when it is the last one (RFC 3550 section 6.1). */
export function buildRtcp(o: { ssrc: number; cname: string; sent?: SenderInfo; received?: ReceptionReport; last?: boolean }): Buffer {
  const parts = [report(o.ssrc, o.sent, o.received), description(o.ssrc, o.cname)];
  if (o.last) parts.push(header(1, rtcpType.bye, word(o.ssrc)));
  return Buffer.concat(parts);
}

function report(ssrc: number, sent: SenderInfo | undefined, received: ReceptionReport | undefined): Buffer {
  const body = [word(ssrc)];
  if (sent) {
    const seconds = sent.at / 1000 + NTP_OFFSET;
    body.push(
      word(Math.floor(seconds)),
      word(Math.floor((seconds % 1) * 2 ** 32)),
      word(sent.timestamp),
      word(sent.packets),
      word(sent.bytes),
    );
  }
  if (received) {
    const lost = Math.min(0x7fffff, Math.max(0, received.lost));
    // Of the last sender report of the other side nothing is kept: two zeros say so.
    body.push(word(received.ssrc), word((received.fractionLost << 24) | lost), word(received.highestSequence), word(received.jitter));
    body.push(word(0), word(0));
  }
  return header(received ? 1 : 0, sent ? rtcpType.senderReport : rtcpType.receiverReport, Buffer.concat(body));
}

/** SDES with a CNAME (RFC 3550 section 6.5): it ends in at least one zero and fills words. */
function description(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname.slice(0, 255), 'latin1');
  const items = Buffer.alloc(Math.ceil((2 + name.length + 1) / 4) * 4);
  items[0] = 1;
  items[1] = name.length;
  name.copy(items, 2);
  return header(1, rtcpType.description, Buffer.concat([word(ssrc), items]));
}

function header(count: number, type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | count, type, 0, body.length / 4]), body]);
}

function word(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
