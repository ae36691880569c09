import { type Codec, type Encode, FRAME_MS, frameSize, PCMU, RTP_CLOCK, type SampleRate } from '../codecs/codec.ts';
import { type Resample, resampler } from '../codecs/resample.ts';
import { digitTones } from '../dtmf/digits.ts';
import { EventReceiver } from '../dtmf/event-receiver.ts';
import { EventSender } from '../dtmf/event-sender.ts';
import { ToneDetector } from '../dtmf/tone-detector.ts';
import type { SideMedia } from '../engine.ts';
import { Playout } from '../jitter/playout.ts';
import type { PortPool } from '../ports/port-pool.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { DigitInput } from './digit-input.ts';
import type { CollectOptions, EndpointOrder, Playable, Played, PlayOptions, Recorded, RecordOptions } from './endpoint.ts';
import { type Agreement, Negotiation } from './negotiation.ts';
import { Playback } from './playback.ts';
import { preparePlayer } from './player.ts';
import { Recorder } from './recorder.ts';
import type { Room, RoomGuest } from './room.ts';
import { RtpPort } from './rtp-port.ts';
import type { SoundFiles } from './sound-files.ts';

const TICKS = (RTP_CLOCK * FRAME_MS) / 1000;
const BEEP: Playable = { tone: { hz: [1000], ms: 250 } };
/** Some phones send a key as an event and by INFO too: within so long it is the same press. */
const SAME_PRESS_MS = 400;

export interface SessionPorts {
  readonly files: SoundFiles;
  readonly onDigit: (digit: string) => void;
  readonly onSilence: (seconds: number) => void;
  readonly onFault: (what: string) => void;
}

type HowPressed = 'event' | 'info' | 'tone';

/** One endpoint, in the worker: what it hears in a tick, and what is sent to it. */
export class MediaSession implements RoomGuest {
  readonly id: string;
  heard: Int16Array | undefined;
  room: Room | undefined;

  private readonly ports: SessionPorts;
  private readonly order: EndpointOrder;
  private readonly side: SideMedia;
  private rtp!: RtpPort;
  private negotiation!: Negotiation;
  private agreement: Agreement | undefined;
  private playout = new Playout(PCMU);
  private encoder: Encode = PCMU.encoder();
  private toSendRate: Resample | undefined;
  private toTones: Resample | undefined;
  private readonly events = new EventReceiver();
  private readonly eventSender = new EventSender();
  private readonly tones = new ToneDetector();
  private readonly digits = new DigitInput();
  private lastPress: { digit: string; how: HowPressed; at: number } | undefined;
  private playing: Playback | undefined;
  private recorder: Recorder | undefined;
  private recorderConvert: Resample | undefined;
  private echoing = false;
  private timestamp = 0;
  private sent = false;
  private heardAt = performance.now();
  private silenceTold = false;
  /** What was begun before this is stopped: sounds are read while the world goes on. */
  private turn = 0;
  private closed = false;

  constructor(id: string, order: EndpointOrder, ports: SessionPorts) {
    this.id = id;
    this.order = order;
    this.ports = ports;
    const { advertise, bind, signalling, behindNat = false, asymmetric = false } = order;
    this.side = { advertise, bind, behindNat, asymmetric, ...(signalling === undefined ? {} : { signalling }) };
  }

  /** False: no ports are left. */
  async open(pool: PortPool): Promise<boolean> {
    const rtp = await RtpPort.open(pool, this.side, (packet) => this.receive(packet));
    if (rtp === undefined) return false;
    this.rtp = rtp;
    this.negotiation = new Negotiation(this.side, rtp.number);
    return true;
  }

  get codec(): Codec {
    return this.agreement?.codec ?? PCMU;
  }

  get figures(): { packetsIn: number; packetsOut: number; dropped: number; concealed: number } {
    const { packetsIn, packetsOut, dropped } = this.rtp;
    return { packetsIn, packetsOut, dropped, concealed: this.playout.concealed };
  }

  answer(offer: Uint8Array): Buffer | undefined {
    const answered = this.negotiation.answer(offer);
    if (answered !== undefined) this.agreeOn(answered.agreement);
    return answered?.sdp;
  }

  offer(): Buffer {
    return this.negotiation.offer();
  }

  accept(answer: Uint8Array): boolean {
    const agreement = this.negotiation.accept(answer);
    if (agreement !== undefined) this.agreeOn(agreement);
    return agreement !== undefined;
  }

  async play(what: readonly Playable[], options: PlayOptions): Promise<Played> {
    this.stopPlaying('stopped');
    const turn = ++this.turn;
    const player = await preparePlayer(this.ports.files, this.codec.rate, what, options.loop ?? false, this.ports.onFault);
    if (this.closed || turn !== this.turn) return { ended: this.closed ? 'closed' : 'stopped' };
    return new Promise((settle) => {
      this.playing = new Playback(player, options, settle);
    });
  }

  collect(options: CollectOptions): Promise<string> {
    return new Promise((resolve) => this.digits.collectFor(options, resolve));
  }

  clearDigits(): void {
    this.digits.clear();
  }

  async record(options: RecordOptions): Promise<Recorded> {
    this.recorder?.end('stopped');
    if (options.beep) {
      const { ended } = await this.play([BEEP], {});
      if (ended === 'stopped' || ended === 'closed') return { ended, seconds: 0 };
    }
    const turn = ++this.turn;
    return new Promise((settle) => {
      Recorder.start(this.codec.rate, options, settle).then(
        (recorder) => {
          if (this.closed || turn !== this.turn) recorder.end(this.closed ? 'closed' : 'stopped');
          else this.recorder = recorder;
        },
        (error: Error) => {
          this.ports.onFault(`cannot record: ${error.message}`);
          settle({ ended: 'failed', seconds: 0 });
        },
      );
    });
  }

  echo(): void {
    this.echoing = true;
  }

  /** A key was pressed: whoever waits for it gets it. */
  digit(digit: string, how: HowPressed): void {
    const now = performance.now();
    const last = this.lastPress;
    if (last?.digit === digit && last.how !== how && now - last.at < SAME_PRESS_MS) return;
    this.lastPress = { digit, how, at: now };
    this.ports.onDigit(digit);
    // A tone has come back with the sound.
    if (this.echoing && how !== 'tone') this.sendDigit(digit);
    if (this.recorder?.digit(digit)) this.recorder = undefined;
    else if (this.playing?.isInterruptedBy(digit)) this.stopPlaying('digit', digit);
    // Who types what is asked for has heard enough of the question.
    else if (this.digits.push(digit) === 'taken') this.stopPlaying('digit', digit);
  }

  stop(): void {
    this.turn++;
    this.echoing = false;
    this.stopPlaying('stopped');
    this.recorder?.end('stopped');
    this.recorder = undefined;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.stopPlaying('closed');
    this.recorder?.end('closed');
    this.digits.end();
    this.eventSender.clear();
    this.rtp.close();
  }

  encode(pcm: Int16Array): Uint8Array {
    return this.encoder(pcm);
  }

  /** First half of a tick: 20 ms of what the other side says. */
  listen(now: number): void {
    const { agreement } = this;
    if (agreement === undefined) return;
    const frame = agreement.hears ? this.playout.frame() : undefined;
    this.heard = frame !== undefined && this.toSendRate ? this.toSendRate(frame) : frame;
    if (frame !== undefined && agreement.eventType === undefined) this.listenForTones(frame);
    const { recorder, heard } = this;
    recorder?.push(heard && this.atRecorderRate(heard, recorder.rate));
    this.digits.tick(this.playing !== undefined);
    this.watchSilence(now, agreement);
    this.rtp.report(now);
  }

  /** Second half: 20 ms for the other side. */
  speak(): void {
    const { agreement } = this;
    this.timestamp += TICKS;
    if (!agreement?.sends || !this.rtp.hasDestination) {
      // On hold a play waits. Where nobody knows yet where to send, behind NAT, it goes on: whoever waits for its end must not wait for ever.
      if (agreement?.sends) this.playedFrame();
      this.sent = false;
      return;
    }
    if (this.eventSender.busy && agreement.eventType !== undefined) {
      for (const { payload, timestamp, marker } of this.eventSender.next(this.timestamp)) {
        this.rtp.send(agreement.eventType, payload, timestamp, marker);
      }
      this.sent = false;
      return;
    }
    const payload = this.nextPayload();
    const { payloadType, packetMs } = agreement;
    if (packetMs === FRAME_MS) this.rtp.send(payloadType, payload, this.timestamp, !this.sent);
    else {
      const half = payload.length / 2;
      this.rtp.send(payloadType, payload.subarray(0, half), this.timestamp, !this.sent);
      this.rtp.send(payloadType, payload.subarray(half), this.timestamp + TICKS / 2, false);
    }
    this.sent = true;
  }

  private sendDigit(digit: string): void {
    if (this.agreement?.eventType !== undefined) void this.eventSender.send(digit);
    else {
      const hz = digitTones(digit);
      if (hz) void this.play([{ tone: { hz, ms: 120 } }, { silenceMs: 80 }], {});
    }
  }

  private nextPayload(): Uint8Array {
    const played = this.playedFrame();
    if (played !== undefined) return this.encode(played);
    if (this.echoing && this.heard !== undefined) return this.encode(this.heard);
    if (this.room !== undefined && !this.echoing) return this.room.payloadFor(this);
    return this.encode(new Int16Array(frameSize(this.codec.rate)));
  }

  private playedFrame(): Int16Array | undefined {
    const { playing } = this;
    if (playing === undefined) return undefined;
    const frame = playing.frame(this.codec.rate);
    if (frame === undefined) this.stopPlaying('done');
    return frame;
  }

  private stopPlaying(ended: Played['ended'], digit?: string): void {
    const { playing } = this;
    this.playing = undefined;
    playing?.end(ended, digit);
  }

  private receive({ payloadType, sequence, timestamp, marker, payload }: RtpPacket): void {
    const { agreement } = this;
    if (agreement === undefined) return;
    this.heardAt = performance.now();
    this.silenceTold = false;
    if (payloadType === agreement.eventType) {
      const digit = this.events.push({ marker, timestamp, payload });
      if (digit !== undefined) this.digit(digit, 'event');
    }
    const codec = agreement.receives.get(payloadType);
    if (codec !== undefined && codec !== this.playout.codec) this.listenBy(codec);
    this.playout.put({ sequence, timestamp, payload: codec && payload }, this.heardAt);
  }

  private agreeOn(agreement: Agreement): void {
    const before = this.agreement;
    this.agreement = agreement;
    this.rtp.describe(agreement.description);
    if (before?.codec !== agreement.codec) {
      this.encoder = agreement.codec.encoder();
      this.recorderConvert = undefined;
    }
    if (before?.codec !== agreement.codec || ![...agreement.receives.values()].includes(this.playout.codec)) this.listenBy(agreement.codec);
    // Silence counts from here: on hold nobody was to be heard.
    this.heardAt = performance.now();
  }

  private listenBy(codec: Codec): void {
    const { concealed } = this.playout;
    this.playout = new Playout(codec);
    this.playout.concealed = concealed;
    this.toSendRate = resampler(codec.rate, this.codec.rate);
    this.toTones = resampler(codec.rate, 8000);
  }

  private listenForTones(frame: Int16Array): void {
    for (const digit of this.tones.push(this.toTones ? this.toTones(frame) : frame)) this.digit(digit, 'tone');
  }

  /** A re-INVITE may change the codec in the middle of a message. */
  private atRecorderRate(frame: Int16Array, rate: SampleRate): Int16Array {
    if (this.codec.rate === rate) return frame;
    this.recorderConvert ??= resampler(this.codec.rate, rate)!;
    return this.recorderConvert(frame);
  }

  private watchSilence(now: number, agreement: Agreement): void {
    const { silenceSeconds } = this.order;
    if (silenceSeconds === null || this.silenceTold || !agreement.hears) return;
    if (now - this.heardAt < silenceSeconds * 1000) return;
    this.silenceTold = true;
    this.ports.onSilence(silenceSeconds);
  }
}
