import { type Codec, type Encode, FRAME_MS, frameSize, type SampleRate } from '../codecs/codec.ts';
import { type Resample, resampler } from '../codecs/resample.ts';
import type { Playable } from './endpoint.ts';
import { energyOf, isLoud } from './level.ts';
import { type Player, preparePlayer } from './player.ts';
import type { SoundFiles } from './sound-files.ts';

/** Under this level (root of the mean square) a member adds nothing but noise: about -56 dBov. */
const GATE = 50;
/** After a loud frame a member is heard, and shown, for so long: words end softly. */
const HEARD_MS = 400;
const SPEAKING_MS = 600;
/** The list of who speaks is told at most so often. */
const TOLD_EVERY_MS = 200;

/** What the room needs of an endpoint. */
export interface RoomGuest {
  readonly id: string;
  /** What was heard in this tick, at its rate; undefined: nothing. */
  readonly heard: Int16Array | undefined;
  readonly codec: Codec;
  encode(pcm: Int16Array): Uint8Array;
}

class Member {
  readonly guest: RoomGuest;
  muted: boolean;
  heardMs = 0;
  speakingMs = 0;
  /** What it adds to this tick. */
  sound: Int16Array | undefined;
  private convert: Resample | undefined;
  private convertFrom: SampleRate | undefined;

  constructor(guest: RoomGuest, muted: boolean) {
    this.guest = guest;
    this.muted = muted;
  }

  listen(): void {
    const frame = this.muted ? undefined : this.guest.heard;
    this.heardMs = frame !== undefined && energyOf(frame) > GATE * GATE ? HEARD_MS : this.heardMs - FRAME_MS;
    this.speakingMs = frame !== undefined && isLoud(frame) ? SPEAKING_MS : this.speakingMs - FRAME_MS;
    this.sound = this.heardMs > 0 ? frame : undefined;
  }

  soundAt(rate: SampleRate): Int16Array {
    const { sound } = this;
    const own = this.guest.codec.rate;
    if (own === rate) return sound!;
    if (this.convertFrom !== own) this.convert = resampler(own, rate);
    this.convertFrom = own;
    return this.convert!(sound!);
  }
}

interface Announcement {
  readonly player: Player;
  readonly settle: () => void;
}

/**
 * A conference: everybody hears all the others. All who are silent hear the same; it is encoded once for each codec. Sums are of 32 bits and
 * cut to 16 at the end.
 */
export class Room {
  private readonly files: SoundFiles;
  private readonly onSpeaking: (endpoints: readonly string[]) => void;
  private readonly onFault: (what: string) => void;
  private readonly members = new Map<string, Member>();
  private readonly sums = new Map<SampleRate, Int32Array>();
  private readonly encoders = new Map<string, Encode>();
  private readonly shared = new Map<string, Uint8Array>();
  private readonly announcements: Announcement[] = [];
  private announcementConverter: { from: SampleRate; convert: Resample } | undefined;
  private told = '';
  private sinceToldMs = 0;

  constructor(files: SoundFiles, onSpeaking: (endpoints: readonly string[]) => void, onFault: (what: string) => void) {
    this.files = files;
    this.onSpeaking = onSpeaking;
    this.onFault = onFault;
  }

  get empty(): boolean {
    return this.members.size === 0;
  }

  add(guest: RoomGuest, muted: boolean): void {
    this.members.set(guest.id, new Member(guest, muted));
  }

  remove(id: string): void {
    this.members.delete(id);
    if (this.empty) for (const { settle } of this.announcements.splice(0)) settle();
    this.tell();
  }

  mute(id: string, on: boolean): void {
    const member = this.members.get(id);
    if (member !== undefined) member.muted = on;
  }

  /** Plays to all; one after the other. Resolves when it is over, or nobody is left to hear it. */
  async announce(what: readonly Playable[]): Promise<void> {
    const rate = this.rates().has(16000) ? 16000 : 8000;
    const player = await preparePlayer(this.files, rate, what, false, this.onFault);
    if (this.empty) return;
    await new Promise<void>((resolve) => this.announcements.push({ player, settle: resolve }));
  }

  /** Once a tick, after all have listened and before anybody is sent to. */
  mix(): void {
    this.shared.clear();
    const rates = this.rates();
    for (const rate of this.sums.keys()) if (!rates.has(rate)) this.sums.delete(rate);
    for (const member of this.members.values()) member.listen();
    const announcement = this.announcementFrame();
    for (const rate of rates) {
      const sum = this.sumAt(rate);
      for (const member of this.members.values()) if (member.sound !== undefined) add(sum, member.soundAt(rate));
      if (announcement !== undefined) add(sum, announcement.rate === rate ? announcement.frame : this.converted(announcement));
    }
    this.sinceToldMs += FRAME_MS;
    if (this.sinceToldMs >= TOLD_EVERY_MS) this.tell();
  }

  /** What this member is sent in this tick. */
  payloadFor(guest: RoomGuest): Uint8Array {
    const { codec } = guest;
    const member = this.members.get(guest.id);
    const sum = this.sums.get(codec.rate);
    // One who came after this tick was mixed.
    if (sum === undefined) return guest.encode(new Int16Array(frameSize(codec.rate)));
    if (member?.sound !== undefined) return guest.encode(cut(sum, member.sound));
    let payload = this.shared.get(codec.name);
    if (payload === undefined) {
      payload = this.encoderOf(codec)(cut(sum));
      this.shared.set(codec.name, payload);
    }
    return payload;
  }

  private rates(): Set<SampleRate> {
    return new Set([...this.members.values()].map(({ guest }) => guest.codec.rate));
  }

  /** Zeros to begin with. */
  private sumAt(rate: SampleRate): Int32Array {
    const sum = this.sums.get(rate)?.fill(0) ?? new Int32Array(frameSize(rate));
    this.sums.set(rate, sum);
    return sum;
  }

  private encoderOf(codec: Codec): Encode {
    const encode = this.encoders.get(codec.name) ?? codec.encoder();
    this.encoders.set(codec.name, encode);
    return encode;
  }

  private announcementFrame(): { rate: SampleRate; frame: Int16Array } | undefined {
    for (let first = this.announcements[0]; first !== undefined; first = this.announcements[0]) {
      const frame = first.player.frame();
      if (frame !== undefined) return { rate: first.player.rate, frame };
      this.announcements.shift();
      first.settle();
    }
    return undefined;
  }

  private converted({ rate, frame }: { rate: SampleRate; frame: Int16Array }): Int16Array {
    if (this.announcementConverter?.from !== rate) {
      this.announcementConverter = { from: rate, convert: resampler(rate, rate === 8000 ? 16000 : 8000)! };
    }
    return this.announcementConverter.convert(frame);
  }

  private tell(): void {
    const speaking = [...this.members.values()].filter(({ speakingMs }) => speakingMs > 0).map(({ guest }) => guest.id);
    const text = speaking.join();
    if (text === this.told) return;
    this.told = text;
    this.sinceToldMs = 0;
    this.onSpeaking(speaking);
  }
}

function add(sum: Int32Array, frame: Int16Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += frame[i]!;
}

/** The sum without what a member has said himself. */
function cut(sum: Int32Array, own?: Int16Array): Int16Array {
  const pcm = new Int16Array(sum.length);
  for (let i = 0; i < pcm.length; i++) {
    const value = own === undefined ? sum[i]! : sum[i]! - own[i]!;
    pcm[i] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
  }
  return pcm;
}
