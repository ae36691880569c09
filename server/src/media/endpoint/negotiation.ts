/** Offer and answer (RFC 3264) of an endpoint: one audio medium, one codec of ours, telephone events. */
import { isIPv6 } from 'node:net';
import { type Direction, parseSdp, type SdpMedia, type SdpSession } from '../../sip/message/sdp.ts';
import { readable } from '../../sip/message/syntax.ts';
import { CODECS, type Codec, FRAME_MS, G722, PCMA, PCMU } from '../codecs/codec.ts';
import type { SideMedia } from '../engine.ts';
import { describeMedium, type MediumDescription } from '../relay/description.ts';

/** What two sides have agreed on. */
export interface Agreement {
  /** What is sent. */
  readonly codec: Codec;
  readonly payloadType: number;
  /** What may be received, by payload type. */
  readonly receives: ReadonlyMap<number, Codec>;
  /** Payload type of telephone events; undefined: the other side knows none. */
  readonly eventType: number | undefined;
  /** The other side wants to hear, and to be heard: false while it holds. */
  readonly sends: boolean;
  readonly hears: boolean;
  /** 10 where the other side takes no packets of 20 ms. */
  readonly packetMs: 10 | 20;
  readonly description: MediumDescription;
}

const EVENT_TYPE = 101;
const OFFERED: readonly Codec[] = [G722, PCMU, PCMA];
const MIRROR: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** The session description of ours; its version counts what has changed. */
export class Negotiation {
  private readonly side: SideMedia;
  private readonly port: number;
  private readonly sessionId = Math.floor(Math.random() * 2 ** 31);
  private version = 0;
  private last = '';

  constructor(side: SideMedia, port: number) {
    this.side = side;
    this.port = port;
  }

  /** Undefined: nothing in common. Throws SipSyntaxError for what is no session description. */
  answer(offer: Uint8Array): { agreement: Agreement; sdp: Buffer } | undefined {
    const session = parseSdp(Buffer.from(offer));
    const audio = session.media.find((media) => this.agree(session, media) !== undefined);
    if (audio === undefined) return undefined;
    const agreement = this.agree(session, audio)!;
    const media = session.media.map((one) => (one === audio ? this.audioAnswer(one, agreement) : refused(one)));
    return { agreement, sdp: this.write(media.flat()) };
  }

  offer(): Buffer {
    const lines = [`m=audio ${this.port} RTP/AVP ${[...OFFERED.map((codec) => codec.payloadType), EVENT_TYPE].join(' ')}`];
    for (const codec of OFFERED) lines.push(rtpmap(codec.payloadType, codec));
    return this.write([...lines, ...eventLines(EVENT_TYPE), `a=ptime:${FRAME_MS}`, 'a=sendrecv']);
  }

  /** Undefined: the answer refuses what was offered. Throws SipSyntaxError. */
  accept(answer: Uint8Array): Agreement | undefined {
    const session = parseSdp(Buffer.from(answer));
    const audio = session.media[0];
    return audio && this.agree(session, audio);
  }

  private agree(session: SdpSession, media: SdpMedia): Agreement | undefined {
    if (!isPlainSound(media)) return undefined;
    const types = payloadTypes(media);
    const receives = new Map(types.flatMap(({ type, codec }): [number, Codec][] => (codec ? [[type, codec]] : [])));
    const first = [...receives][0];
    if (first === undefined) return undefined;
    const description = describeMedium(media, session.origin.sessionVersion, this.side);
    const held = description.isNowhere;
    const maxPtime = Number(media.attributes('maxptime')[0] ?? FRAME_MS);
    return {
      codec: first[1],
      payloadType: first[0],
      receives,
      eventType: types.find(({ isEvent }) => isEvent)?.type,
      sends: !held && (media.direction === 'sendrecv' || media.direction === 'recvonly'),
      hears: !held && (media.direction === 'sendrecv' || media.direction === 'sendonly'),
      packetMs: maxPtime < FRAME_MS ? 10 : 20,
      description,
    };
  }

  private audioAnswer(media: SdpMedia, agreement: Agreement): string[] {
    const { codec, payloadType, eventType, packetMs, description } = agreement;
    const formats = eventType === undefined ? [payloadType] : [payloadType, eventType];
    const lines = [`m=audio ${this.port} ${media.proto} ${formats.join(' ')}`, rtpmap(payloadType, codec)];
    if (eventType !== undefined) lines.push(...eventLines(eventType));
    lines.push(`a=ptime:${packetMs}`);
    if (description.isMuxed) lines.push('a=rtcp-mux');
    // RFC 2543 held by an address of nowhere; its direction says nothing then.
    lines.push(`a=${description.isNowhere ? 'recvonly' : MIRROR[media.direction]}`);
    return lines;
  }

  private write(media: readonly string[]): Buffer {
    const family = isIPv6(this.side.advertise) ? 'IP6' : 'IP4';
    const text = media.join('\r\n');
    if (text !== this.last) this.version++;
    this.last = text;
    const head = [
      'v=0',
      `o=dialtone ${this.sessionId} ${this.version} IN ${family} ${this.side.advertise}`,
      's=-',
      `c=IN ${family} ${this.side.advertise}`,
      't=0 0',
    ];
    return Buffer.from(`${[...head, ...media].join('\r\n')}\r\n`, 'latin1');
  }
}

const isPlainSound = ({ type, port, proto }: SdpMedia): boolean => type === 'audio' && port !== 0 && /^RTP\/AVPF?$/i.test(proto);

/** Is there something in this offer that we can hear: sound that is not encrypted, with a codec of ours? */
export function isAnswerable(offer: string): boolean {
  const media = readable(() => parseSdp(offer))?.media ?? [];
  return media.some((one) => isPlainSound(one) && payloadTypes(one).some(({ codec }) => codec !== undefined));
}

interface PayloadType {
  readonly type: number;
  readonly codec: Codec | undefined;
  readonly isEvent: boolean;
}

/** In the order of preference of who wrote it. Types without an rtpmap have the meaning of RFC 3551. */
function payloadTypes(media: SdpMedia): PayloadType[] {
  const names = new Map<number, string>();
  for (const { payloadType, name } of CODECS) names.set(payloadType, `${name}/8000`);
  for (const map of media.attributes('rtpmap')) {
    const [, type, name] = /^(\d{1,3})\s+(\S+)/.exec(map) ?? [];
    if (type !== undefined) names.set(Number(type), name!.toUpperCase().replace(/\/1$/, ''));
  }
  return media.formats.filter(isPayloadType).map((format) => {
    const type = Number(format);
    const name = names.get(type);
    return { type, codec: CODECS.find((codec) => `${codec.name}/8000` === name), isEvent: name === 'TELEPHONE-EVENT/8000' };
  });
}

const isPayloadType = (format: string): boolean => /^\d{1,3}$/.test(format) && Number(format) < 128;

const rtpmap = (type: number, { name }: Codec): string => `a=rtpmap:${type} ${name}/8000`;
const eventLines = (type: number): string[] => [`a=rtpmap:${type} telephone-event/8000`, `a=fmtp:${type} 0-15`];

/** RFC 3264 section 6: a medium is refused by port 0; its place and formats stay. */
const refused = (media: SdpMedia): string[] => [`m=${media.type} 0 ${media.proto} ${media.formats.join(' ')}`];
