import { isIP, isIPv6, SocketAddress } from 'node:net';
import type { Connection, Direction, SdpMedia } from '../../sip/message/sdp.ts';
import type { SideMedia } from '../engine.ts';
import type { Address } from './latch.ts';

/** What a session description says of one medium, as the relay needs it. */
export interface MediumDescription {
  /** `datagrams`: over UDP, but no RTP (T.38 by udptl, BFCP ...); `foreign`: not over UDP, cannot be relayed. */
  readonly kind: 'rtp' | 'datagrams' | 'foreign';
  readonly type: string;
  /** The "o=" line's: another one is another description, even where nothing else has changed (RFC 3264 section 8). */
  readonly version: string;
  /** 0: the medium is refused or has ended. */
  readonly port: number;
  /** Its connection address is 0.0.0.0 or ::, which is how RFC 2543 put a call on hold. */
  readonly isNowhere: boolean;
  readonly direction: Direction;
  /** Where it wants its media; undefined where that says nothing, or is a place nobody may be made to send to. */
  readonly rtp: Address | undefined;
  readonly rtcp: Address | undefined;
  /** RTP and RTCP on one port, where the other side wants that too (RFC 5761). */
  readonly isMuxed: boolean;
  /** Its sound cannot be heard on the way: SRTP. */
  readonly isSecret: boolean;
  /** It says keys, and is encrypted if the other side says some too: SRTP where it can be had (RFC 8643). */
  readonly hasKeys: boolean;
  /** Keys are agreed on the media's own path: DTLS-SRTP, ZRTP. */
  readonly isKeyed: boolean;
  /** RTP clock by payload type; 0 or nothing: says nothing of the time of sending. */
  readonly ticksPerMs: readonly number[];
}

/** Static payload types and what they count by (RFC 3551 section 6); that of comfort noise stops and goes. */
const STATIC_TICKS: readonly number[] = [
  ...[8, 0, 0, 8, 8, 8, 16, 8, 8, 8, 44.1, 44.1, 8, 0, 90, 8, 11.025, 22.05, 8, 0],
  ...[0, 0, 0, 0, 0, 90, 90, 0, 90, 0, 0, 90, 90, 90, 90],
];

/** Payloads whose timestamp stands still, or jumps, while packets are sent. */
const NOT_STEADY = /^(?:telephone-event|CN|tone)$/i;

export function describeMedium(media: SdpMedia, version: string, side: SideMedia): MediumDescription {
  const isRtp = /^(?:UDP\/TLS\/)?RTP\//i.test(media.proto);
  const isDatagrams = /^(?:udptl|UDP\b|DTLS\/SCTP$)/i.test(media.proto);
  const connection = media.effectiveConnection;
  return {
    kind: isRtp ? 'rtp' : isDatagrams ? 'datagrams' : 'foreign',
    type: media.type,
    version,
    port: media.port,
    isNowhere: connection !== undefined && isUnspecified(ipOf(connection)),
    direction: media.direction,
    rtp: addressOf(connection, media.port, side),
    rtcp: addressOf(...rtcpPlace(media), side),
    isMuxed: media.attributes('rtcp-mux').length > 0,
    isSecret: /SAVP/i.test(media.proto),
    hasKeys: media.attributes('crypto').length > 0 || media.attributes('fingerprint').length > 0,
    isKeyed: media.attributes('fingerprint').length > 0 || /TLS/i.test(media.proto) || media.attributes('zrtp-hash').length > 0,
    ticksPerMs: ticksOf(media),
  };
}

/** RFC 3605: "a=rtcp:53020 IN IP4 192.0.2.1"; without it the port after that of RTP. */
export function rtcpPlace(media: SdpMedia): [Connection | undefined, number] {
  const [port, netType, addressType, address] = (media.attributes('rtcp')[0] ?? String(media.port + 1)).split(' ');
  const own = netType && addressType && address ? { netType, addressType, address } : media.effectiveConnection;
  return [own, Number(port)];
}

function ticksOf(media: SdpMedia): readonly number[] {
  const maps = media.attributes('rtpmap');
  if (maps.length === 0) return STATIC_TICKS;
  const ticks = [...STATIC_TICKS];
  for (const map of maps) {
    const [, type, name, rate] = /^(\d{1,3}) ([^/ ]+)\/(\d{1,6})/.exec(map) ?? [];
    // G.722 is written with the 8000 it counts by, not with the 16000 it samples at (RFC 3551 section 4.5.2).
    if (type !== undefined && Number(type) < 128) ticks[Number(type)] = NOT_STEADY.test(name!) ? 0 : Number(rate) / 1000;
  }
  return ticks;
}

/** An address of a group has its scope after a slash (RFC 4566 section 5.7). */
const ipOf = (connection: Connection): string => connection.address.split('/')[0]!;

const isUnspecified = (ip: string): boolean => ip === '0.0.0.0' || (isIPv6(ip) && written(ip) === '::');

/** IPv6 as the kernel writes it. */
const written = (ip: string): string => (isIPv6(ip) ? new SocketAddress({ address: ip, family: 'ipv6' }).address : ip);

function addressOf(connection: Connection | undefined, port: number, side: SideMedia): Address | undefined {
  if (!connection || !(port > 0 && port < 65536)) return undefined;
  const ip = ipOf(connection);
  // Names are not looked up, and the socket speaks one family only: such a side is answered where it sends from.
  if (isIP(ip) === 0 || isIPv6(ip) !== isIPv6(side.bind)) return undefined;
  const address = { ip: written(ip), port };
  return mayBeSentTo(address.ip, side) ? address : undefined;
}

/**
 * A session description is a stranger's word: it shall not make us send to many at once, nor to services of this machine that listen on
 * loopback, unless the call itself comes from there.
 */
function mayBeSentTo(ip: string, side: SideMedia): boolean {
  if (isUnspecified(ip) || /^(?:22[4-9]|23\d|2[45]\d)\./.test(ip) || /^ff/i.test(ip)) return false;
  return !isLoopback(ip) || isLoopback(side.advertise) || (side.signalling !== undefined && isLoopback(side.signalling));
}

const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.') || /^::ffff:127\./i.test(ip);
