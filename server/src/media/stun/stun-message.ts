import { crc32 } from 'node:zlib';
import ipaddr from 'ipaddr.js';

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const BINDING = { request: 0x0001, success: 0x0101, error: 0x0111 } as const;
const ATTRIBUTE = {
  mappedAddress: 0x0001,
  changeRequest: 0x0003,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  xorMappedAddress: 0x0020,
  software: 0x8022,
  fingerprint: 0x8028,
} as const;
/** What must be understood and may stand in a request without changing our answer: addresses, and credentials, which nobody is asked for. */
const UNDERSTOOD = new Set<number>([ATTRIBUTE.mappedAddress, 0x0006, 0x0008, 0x0014, 0x0015, ATTRIBUTE.xorMappedAddress]);
/** Below this the receiver has to understand an attribute or refuse (RFC 5389 15). */
const OPTIONAL_FROM = 0x8000;
const FINGERPRINT_XOR = 0x5354554e;
/** Twelve octets as an attribute: an answer must not be much longer than its question, which anybody can send in a stranger's name. */
const SOFTWARE = Buffer.from('Dialtone');

export type StunAnswer =
  | { readonly kind: 'binding' | 'unknown-attributes'; readonly bytes: Buffer }
  /** Not a binding request, or a broken one: it gets no answer. */
  | { readonly kind: 'dropped' };

const DROPPED: StunAnswer = { kind: 'dropped' };

/**
 * Answers a STUN binding request (RFC 5389 7.3): tells the sender the address and port he was seen with. Old clients (RFC 3489, no magic
 * cookie) get it plain, as there were no XORed addresses then; what they may ask on top, an answer from or to somewhere else, is refused.
 */
export function answerBinding(request: Buffer, address: string, port: number): StunAnswer {
  if (request.length < HEADER_BYTES || request.length % 4 !== 0) return DROPPED;
  // Anything else, such as a response, is never answered: two servers would go on for ever.
  if (request.readUInt16BE(0) !== BINDING.request || request.readUInt16BE(2) !== request.length - HEADER_BYTES) return DROPPED;
  const attributes = readAttributes(request);
  if (!attributes) return DROPPED;
  const { unknown, fingerprint } = attributes;
  const id = request.subarray(4, HEADER_BYTES);
  if (unknown.length > 0) {
    const body = [errorCode(420, 'Unknown Attribute'), unknownAttributes(unknown)];
    return { kind: 'unknown-attributes', bytes: message(BINDING.error, id, body, fingerprint) };
  }
  const classic = id.readUInt32BE(0) !== MAGIC_COOKIE;
  const seen = classic ? mappedAddress(address, port) : xorMappedAddress(address, port, id);
  return { kind: 'binding', bytes: message(BINDING.success, id, [seen, attribute(ATTRIBUTE.software, SOFTWARE)], fingerprint) };
}

/** @returns undefined when an attribute is cut off or the fingerprint is wrong */
function readAttributes(request: Buffer): { unknown: number[]; fingerprint: boolean } | undefined {
  const unknown = new Set<number>();
  for (let at = HEADER_BYTES; at < request.length; ) {
    if (at + 4 > request.length) return undefined;
    const type = request.readUInt16BE(at);
    const length = request.readUInt16BE(at + 2);
    const value = request.subarray(at + 4, at + 4 + length);
    if (value.length < length) return undefined;
    if (type === ATTRIBUTE.fingerprint) {
      // RFC 5389 15.5: the last one, over all that came before.
      const right = length === 4 && at + 8 === request.length && value.readUInt32BE(0) === fingerprintOf(request.subarray(0, at));
      return right ? { unknown: [...unknown], fingerprint: true } : undefined;
    }
    // A client of RFC 3489 that wants nothing changed says so.
    const changesNothing = type === ATTRIBUTE.changeRequest && length === 4 && value.readUInt32BE(0) === 0;
    if (type < OPTIONAL_FROM && !UNDERSTOOD.has(type) && !changesNothing) unknown.add(type);
    at += 4 + padded(length);
  }
  return { unknown: [...unknown], fingerprint: false };
}

function message(type: number, id: Buffer, attributes: readonly Buffer[], fingerprint: boolean): Buffer {
  const body = Buffer.concat(attributes);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  // The fingerprint counts in the length that it is made over.
  head.writeUInt16BE(body.length + (fingerprint ? 8 : 0), 2);
  const bytes = Buffer.concat([head, id, body]);
  return fingerprint ? Buffer.concat([bytes, attribute(ATTRIBUTE.fingerprint, uint32(fingerprintOf(bytes)))]) : bytes;
}

const fingerprintOf = (bytes: Buffer): number => (crc32(bytes) ^ FINGERPRINT_XOR) >>> 0;

function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

const mappedAddress = (address: string, port: number): Buffer => attribute(ATTRIBUTE.mappedAddress, addressValue(octetsOf(address), port));

/** XORed with the magic cookie and, for IPv6, the transaction id after it: routers that replace addresses in packets do not find this one. */
function xorMappedAddress(address: string, port: number, id: Buffer): Buffer {
  const octets = octetsOf(address).map((octet, i) => octet ^ id[i]!);
  return attribute(ATTRIBUTE.xorMappedAddress, addressValue(octets, port ^ (MAGIC_COOKIE >>> 16)));
}

/** @param octets 4 or 16 of them */
function addressValue(octets: readonly number[], port: number): Buffer {
  const family = octets.length === 4 ? 1 : 2;
  return Buffer.from([0, family, port >> 8, port & 0xff, ...octets]);
}

const octetsOf = (address: string): number[] => ipaddr.parse(address.replace(/%.*$/, '')).toByteArray();

const errorCode = (code: number, reason: string): Buffer =>
  attribute(ATTRIBUTE.errorCode, Buffer.concat([Buffer.from([0, 0, Math.floor(code / 100), code % 100]), Buffer.from(reason)]));

function unknownAttributes(types: readonly number[]): Buffer {
  const value = Buffer.alloc(types.length * 2);
  for (const [i, type] of types.entries()) value.writeUInt16BE(type, i * 2);
  return attribute(ATTRIBUTE.unknownAttributes, value);
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const padded = (length: number): number => (length + 3) & ~3;
