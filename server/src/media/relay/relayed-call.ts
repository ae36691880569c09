import { parseSdp, type SdpSession, serialiseSdp } from '../../sip/message/sdp.ts';
import { otherSide, type RelayOrder, type RelaySessionStats, type RelaySideStats, SdpRefused, type Side } from '../engine.ts';
import { describeMedium, type MediumDescription } from './description.ts';
import { Leg, type LegParts } from './leg.ts';
import { audibleFormats, Recording } from './recording.ts';
import { rewrite } from './rewrite.ts';
import { Whisper, type WhisperSound } from './whisper.ts';

export interface RelayedCallEvents {
  readonly onSilence: (seconds: number) => void;
  readonly onFault: (what: string) => void;
}

/** One m-line of a call: a leg for each side. */
type Medium = Readonly<Record<Side, Leg>>;

/** Media of one call, each with four ports: sound, pictures, a second picture, and some that were switched off. */
const MAX_MEDIA = 8;

/**
 * The media of one call, as they live in the worker: one medium for each m-line, by its place in the session description. What is asked of
 * it is asked one thing after the other.
 */
export class RelayedCall {
  readonly #order: RelayOrder;
  readonly #parts: LegParts;
  readonly #events: RelayedCallEvents;
  readonly #media: Medium[] = [];
  /** Offers of a call that has media already: they count once they are answered. */
  readonly #offered: Partial<Record<Side, readonly MediumDescription[]>> = {};
  readonly #held: Record<Side, boolean> = { caller: false, callee: false };
  #isAnswered = false;
  #isSilent = false;
  #silentSince = 0;
  #recording: Promise<Recording | undefined> | undefined;
  #recorder: Recording | undefined;

  constructor(order: RelayOrder, parts: LegParts, events: RelayedCallEvents) {
    this.#order = order;
    this.#parts = parts;
    this.#events = events;
  }

  /** Opens the ports of the first medium: who cannot have them hears it before anybody is rung. */
  async open(): Promise<boolean> {
    return (await this.#openMedium(0)) !== undefined;
  }

  /** @throws SdpRefused */
  async pass(from: Side, text: string, kind: 'offer' | 'answer'): Promise<string> {
    const sdp = parsed(text);
    const { username, sessionId, sessionVersion } = sdp.origin;
    const version = `${username} ${sessionId} ${sessionVersion}`;
    const descriptions = sdp.media.map((media) => describeMedium(media, version, this.#order.sides[from]));
    const isWanted = ({ kind: what, port }: MediumDescription) => what !== 'foreign' && port !== 0;
    if (descriptions.length > 0 && !descriptions.some(isWanted) && descriptions.some(({ port }) => port !== 0)) {
      throw new SdpRefused('No medium of this session description goes over UDP');
    }
    const to = otherSide(from);
    const ports: (number | undefined)[] = [];
    for (const [index, description] of descriptions.entries()) {
      // Refused by port 0 (RFC 3264 6), as if nobody wanted them: one call must not have the ports of twenty.
      const medium = isWanted(description) && index < MAX_MEDIA ? await this.#openMedium(index) : undefined;
      ports.push(medium?.[to].port);
    }
    this.#learn(from, descriptions, kind);
    const { record } = this.#order;
    const audible = record && kind === 'offer' ? audibleFormats(record) : undefined;
    rewrite(sdp, { advertise: this.#order.sides[to].advertise, media: descriptions, ports, audible });
    return serialiseSdp(sdp).toString('latin1');
  }

  answered(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#silentSince = performance.now();
    this.#suspendRefused();
    const { record } = this.#order;
    if (record) this.#recording = this.#record(Recording.start(record));
  }

  /** Says something over what this side hears. */
  play(to: Side, sound: WhisperSound): void {
    const audio = this.#audio;
    // A packet that is encrypted and was changed would only be thrown away.
    if (!audio || (audio.caller.described?.hasKeys && audio.callee.described?.hasKeys)) return;
    const leg = audio[otherSide(to)];
    const whisper = new Whisper(sound);
    const before = leg.tap;
    const tap = (packet: Buffer, headerLength: number) => {
      before?.(packet, headerLength);
      if (!whisper.done) whisper.mix(packet, headerLength);
      else if (leg.tap === tap) leg.tap = before;
    };
    leg.tap = tap;
  }

  /** To be called every second. */
  look(): void {
    const fault = this.#recorder?.look();
    if (fault) this.#events.onFault(`The recording of call ${this.#order.callId} ends here: ${fault.message}`);
    this.#watchSilence();
  }

  get stats(): RelaySessionStats {
    return { caller: this.#statsOf('caller'), callee: this.#statsOf('callee') };
  }

  /** Resolves when the recording is whole. */
  async close(): Promise<void> {
    for (const leg of this.#legs()) leg.close();
    const recorder = await this.#recording;
    await recorder?.close().catch((error: Error) => {
      this.#events.onFault(`The recording of call ${this.#order.callId} is not whole: ${error.message}`);
    });
  }

  #legs(side?: Side): Leg[] {
    return this.#media.flatMap((medium) => (side ? [medium[side]] : [medium.caller, medium.callee]));
  }

  /** Undefined: no ports are left for it. */
  async #openMedium(index: number): Promise<Medium | undefined> {
    while (this.#media.length <= index) this.#media.push(this.#newMedium());
    const medium = this.#media[index]!;
    let isOpen = false;
    try {
      isOpen = (await medium.caller.open()) && (await medium.callee.open());
    } finally {
      if (!isOpen) {
        medium.caller.close();
        medium.callee.close();
      }
    }
    return isOpen ? medium : undefined;
  }

  #newMedium(): Medium {
    const leg = (side: Side) => new Leg(side, this.#order.sides[side], this.#parts);
    const medium = { caller: leg('caller'), callee: leg('callee') };
    medium.caller.other = medium.callee;
    medium.callee.other = medium.caller;
    return medium;
  }

  /**
   * The first description of a side counts at once: media may come before the answer does (RFC 3264 section 5.1). One that changes what was
   * agreed counts when it is answered; refused, all stays as it was.
   */
  #learn(from: Side, descriptions: readonly MediumDescription[], kind: 'offer' | 'answer'): void {
    if (kind === 'offer') {
      this.#offered[from] = descriptions;
      const isNew = (_: MediumDescription, index: number) => this.#media[index]?.[from].described === undefined;
      this.#describe(from, descriptions, isNew);
      return;
    }
    const to = otherSide(from);
    const offered = this.#offered[to];
    this.#offered[to] = undefined;
    if (offered) this.#agree(to, offered);
    this.#agree(from, descriptions);
    if (this.#isAnswered) this.#suspendRefused();
  }

  #agree(side: Side, descriptions: readonly MediumDescription[]): void {
    // What is said again is no news, and opens no window for strangers.
    const isNews = (medium: MediumDescription, index: number) => !isSame(medium, this.#media[index]?.[side].described);
    this.#describe(side, descriptions, isNews);
    const used = descriptions.filter(({ port }) => port !== 0);
    const wasHeld = this.#isHeld;
    this.#held[side] = used.length > 0 && used.every(({ direction, isNowhere }) => isNowhere || direction !== 'sendrecv');
    if (wasHeld) this.#silentSince = performance.now();
  }

  #describe(side: Side, descriptions: readonly MediumDescription[], which: (medium: MediumDescription, index: number) => boolean): void {
    for (const [index, description] of descriptions.entries()) {
      if (which(description, index)) this.#media[index]?.[side].describe(description);
    }
  }

  get #isHeld(): boolean {
    return this.#held.caller || this.#held.callee;
  }

  #suspendRefused(): void {
    for (const { caller, callee } of this.#media) {
      if (caller.described?.port !== 0 && callee.described?.port !== 0) continue;
      caller.suspend();
      callee.suspend();
    }
  }

  #watchSilence(): void {
    const now = performance.now();
    let heard = false;
    for (const leg of this.#legs()) {
      heard ||= leg.heard;
      leg.heard = false;
    }
    if (heard || this.#isHeld) this.#silentSince = now;
    const { silenceSeconds } = this.#order;
    if (!this.#isAnswered || this.#isSilent || silenceSeconds === null || now - this.#silentSince < silenceSeconds * 1000) return;
    this.#isSilent = true;
    this.#events.onSilence(silenceSeconds);
  }

  async #record(starting: Promise<Recording>): Promise<Recording | undefined> {
    try {
      const recorder = await starting;
      this.#recorder = recorder;
      const audio = this.#audio!;
      for (const leg of [audio.caller, audio.callee]) leg.tap = (packet, headerLength) => recorder.hear(leg.side, packet, headerLength);
      return recorder;
    } catch (error) {
      this.#events.onFault(`Call ${this.#order.callId} cannot be recorded: ${(error as Error).message}`);
      return undefined;
    }
  }

  get #audio(): Medium | undefined {
    return this.#media.find(({ caller }) => caller.described?.type === 'audio') ?? this.#media[0];
  }

  #statsOf(side: Side): RelaySideStats {
    const [first, ...more] = this.#legs(side).map((leg) => leg.stats);
    const sum = (key: 'packets' | 'bytes' | 'strangers' | 'invalid') => more.reduce((total, stats) => total + stats[key], first![key]);
    return { ...first!, packets: sum('packets'), bytes: sum('bytes'), strangers: sum('strangers'), invalid: sum('invalid') };
  }
}

function parsed(text: string): SdpSession {
  try {
    return parseSdp(text);
  } catch (error) {
    throw new SdpRefused(`The session description cannot be read: ${(error as Error).message}`);
  }
}

const isSame = (one: MediumDescription, other: MediumDescription | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);
