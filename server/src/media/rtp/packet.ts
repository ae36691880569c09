/** An RTP packet (RFC 3550 section 5.1). */
export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  /** 0 to 65535. */
  readonly sequence: number;
  /** 0 to 2^32 - 1, in ticks of the payload's clock. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** A view into what was received. */
  readonly payload: Buffer;
}

const HEADER = 12;

/**
 * Length of the header with its CSRCs and its extension, 0 when these bytes are no RTP packet (RFC 3550 appendix A.1): wrong version, a header,
 * an extension or a padding that is longer than the packet. Allocates nothing: the relay asks it for every packet.
 */
export function rtpHeaderLength(bytes: Buffer): number {
  const size = bytes.length;
  if (size < HEADER) return 0;
  const first = bytes[0]!;
  if (first >> 6 !== 2) return 0;
  let length = HEADER + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (length + 4 > size) return 0;
    length += 4 + 4 * ((bytes[length + 2]! << 8) | bytes[length + 3]!);
  }
  if (length > size) return 0;
  if ((first & 0x20) !== 0) {
    const padding = bytes[size - 1]!;
    if (padding === 0 || length + padding > size) return 0;
  }
  return length;
}

/** Where the payload of a valid packet ends: its padding is none of it. */
export function rtpPayloadEnd(bytes: Buffer): number {
  return (bytes[0]! & 0x20) === 0 ? bytes.length : bytes.length - bytes[bytes.length - 1]!;
}

export const rtpPayloadType = (bytes: Buffer): number => bytes[1]! & 0x7f;
export const rtpSequence = (bytes: Buffer): number => (bytes[2]! << 8) | bytes[3]!;
export const rtpTimestamp = (bytes: Buffer): number => uint32(bytes, 4);
export const rtpSsrc = (bytes: Buffer): number => uint32(bytes, 8);

function uint32(bytes: Buffer, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Undefined when these bytes are no RTP packet. */
export function parseRtp(bytes: Buffer): RtpPacket | undefined {
  const header = rtpHeaderLength(bytes);
  if (header === 0) return undefined;
  return {
    payloadType: rtpPayloadType(bytes),
    marker: (bytes[1]! & 0x80) !== 0,
    sequence: rtpSequence(bytes),
    timestamp: rtpTimestamp(bytes),
    ssrc: rtpSsrc(bytes),
    payload: bytes.subarray(header, rtpPayloadEnd(bytes)),
  };
}

/** A packet without CSRCs, extension or padding. */
export function buildRtp({ payloadType, marker, sequence, timestamp, ssrc, payload }: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + payload.length);
  bytes[0] = 0x80;
  bytes[1] = (marker ? 0x80 : 0) | payloadType;
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(timestamp, 4);
  bytes.writeUInt32BE(ssrc, 8);
  payload.copy(bytes, HEADER);
  return bytes;
}
