import { isIPv6 } from 'node:net';
import type { SdpMedia, SdpSession } from '../../sip/message/sdp.ts';
import { type MediumDescription, rtcpPlace } from './description.ts';

/** ICE (RFC 8839): its candidates are addresses of the other side, and we take no part in its checks. */
const ICE = [
  'candidate',
  'remote-candidates',
  'end-of-candidates',
  'ice-ufrag',
  'ice-pwd',
  'ice-options',
  'ice-lite',
  'ice-mismatch',
  'ice-pacing',
];

export interface Rewriting {
  /** Textual IP of ours that the other side is to send to. */
  readonly advertise: string;
  readonly media: readonly MediumDescription[];
  /** Our RTP port for each medium; undefined: it is not relayed, the other side gets it as refused. */
  readonly ports: readonly (number | undefined)[];
  /** Payload types the recording can hear, of which an offer keeps what it has; undefined: nothing is recorded. */
  readonly audible?: ReadonlySet<string> | undefined;
}

/** Changes a session description into the one for the other side: our addresses and ports, everything else as it came. */
export function rewrite(sdp: SdpSession, { advertise, media, ports, audible }: Rewriting): void {
  const own = { netType: 'IN', addressType: isIPv6(advertise) ? 'IP6' : 'IP4', address: advertise };
  // A hold of the old kind stays one; in the family of the other side.
  const nowhere = { ...own, address: isIPv6(advertise) ? '::' : '0.0.0.0' };
  const isNowhere = media.some((medium) => medium.isNowhere);
  sdp.origin = { ...sdp.origin, ...own };
  if (sdp.connection) sdp.connection = isNowhere && media.every((medium) => medium.isNowhere) ? nowhere : own;
  for (const name of ICE) sdp.removeAttribute(name);
  unbundle(sdp);
  for (const [index, section] of sdp.media.entries()) {
    const medium = media[index]!;
    const port = ports[index];
    for (const name of ICE) section.removeAttribute(name);
    section.removeAttribute('bundle-only');
    if (section.connection || medium.isNowhere) section.connection = medium.isNowhere ? nowhere : own;
    if (port === undefined) {
      section.port = 0;
      continue;
    }
    if (section.attributes('rtcp').length > 0) {
      const isShared = rtcpPlace(section)[1] === section.port;
      section.removeAttribute('rtcp');
      section.addAttribute('rtcp', String(isShared ? port : port + 1));
    }
    section.port = port;
    if (audible && medium.type === 'audio') narrow(section, medium, audible);
  }
}

/** RFC 9143: media that share one port of their side have one each of ours. Other groups (lip synchronisation ...) stay. */
function unbundle(sdp: SdpSession): void {
  const groups = sdp.attributes('group');
  if (!groups.some((group) => group.startsWith('BUNDLE'))) return;
  sdp.removeAttribute('group');
  for (const group of groups) if (!group.startsWith('BUNDLE')) sdp.addAttribute('group', group);
}

/** What cannot be heard cannot be recorded: other codecs are left out, and optional encryption, where something else remains. */
function narrow(section: SdpMedia, medium: MediumDescription, audible: ReadonlySet<string>): void {
  if (!medium.isSecret) section.removeAttribute('crypto');
  const formats = section.formats;
  if (medium.isSecret || !formats.some((format) => audible.has(format))) return;
  const steady = (format: string) => (medium.ticksPerMs[Number(format)] ?? 0) !== 0;
  // Telephone events and comfort noise carry no sound that would be missed.
  const kept = formats.filter((format) => audible.has(format) || !steady(format));
  section.formats = kept;
  for (const name of ['rtpmap', 'fmtp', 'rtcp-fb']) {
    const values = section.attributes(name);
    section.removeAttribute(name);
    for (const value of values) {
      const format = value.split(' ')[0]!;
      if (format === '*' || kept.includes(format)) section.addAttribute(name, value);
    }
  }
}
