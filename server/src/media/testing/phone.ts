/** A phone for the specs: real UDP, real RTP, one codec; it says what it is given and keeps what it hears. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Codec, frameSize, PCMA, RTP_CLOCK } from '../codecs/codec.ts';
import { EventReceiver } from '../dtmf/event-receiver.ts';
import { EventSender } from '../dtmf/event-sender.ts';
import { buildRtp, parseRtp } from '../rtp/packet.ts';
import { looksLikeRtcp } from '../rtp/rtcp.ts';
import { joined } from './sound.ts';

const TICKS = (RTP_CLOCK * 20) / 1000;

export interface PhoneOptions {
  readonly codec?: Codec;
  /** False: knows no telephone events. */
  readonly events?: boolean;
  readonly ip?: string;
  /** More lines of its session description. */
  readonly lines?: readonly string[];
}

export class TestPhone {
  readonly port: number;
  readonly rtcpPackets: Buffer[] = [];
  /** Arrival times in ms of the packets heard. */
  readonly arrivals: number[] = [];
  heardDigits = '';
  /** Where the other side is. */
  remote: { ip: string; port: number } | undefined;
  packets = 0;

  private readonly socket: Socket;
  private readonly rtcp: Socket;
  private readonly options: PhoneOptions;
  private readonly codec: Codec;
  private readonly encode: (pcm: Int16Array) => Uint8Array;
  private readonly decode: (payload: Uint8Array) => Int16Array;
  private readonly ip: string;
  private readonly sender = new EventSender();
  private readonly receiver = new EventReceiver();
  private frames: Int16Array[] = [];
  private sequence = 100;
  private timestamp = 5000;
  private ssrc = Math.floor(Math.random() * 2 ** 32);
  private timer: NodeJS.Timeout | undefined;
  private say: ((n: number) => Int16Array | undefined) | undefined;
  private said = 0;
  private version = 1;

  private constructor(socket: Socket, rtcp: Socket, options: PhoneOptions) {
    this.socket = socket;
    this.rtcp = rtcp;
    this.port = socket.address().port;
    this.options = options;
    this.codec = options.codec ?? PCMA;
    this.ip = options.ip ?? '127.0.0.1';
    this.encode = this.codec.encoder();
    this.decode = this.codec.decoder();
    socket.on('message', (bytes) => this.receive(bytes));
    rtcp.on('message', (bytes) => this.rtcpPackets.push(bytes));
  }

  static async open(options: PhoneOptions = {}): Promise<TestPhone> {
    const ip = options.ip ?? '127.0.0.1';
    for (;;) {
      const socket = await bound(ip, 0);
      const rtcp = socket && (await bound(ip, socket.address().port + 1));
      if (socket && rtcp) return new TestPhone(socket, rtcp, options);
      socket?.close();
    }
  }

  /** Its offer, or its answer. */
  sdp(o: { direction?: string; address?: string; port?: number } = {}): Buffer {
    const { name, payloadType } = this.codec;
    const family = isIPv6(this.ip) ? 'IP6' : 'IP4';
    const events = this.options.events !== false;
    const lines = [
      'v=0',
      `o=phone 1 ${this.version++} IN ${family} ${this.ip}`,
      's=-',
      `c=IN ${family} ${o.address ?? this.ip}`,
      't=0 0',
      `m=audio ${o.port ?? this.port} RTP/AVP ${payloadType}${events ? ' 97' : ''}`,
      `a=rtpmap:${payloadType} ${name}/8000`,
      ...(events ? ['a=rtpmap:97 telephone-event/8000'] : []),
      ...(this.options.lines ?? []),
      `a=${o.direction ?? 'sendrecv'}`,
    ];
    return Buffer.from(`${lines.join('\r\n')}\r\n`);
  }

  /** Where the other side's session description says that it is. */
  meet(sdp: Buffer | undefined): void {
    const text = String(sdp);
    const ip = /^c=IN IP[46] (\S+)/m.exec(text)?.[1];
    const port = Number(/^m=audio (\d+)/m.exec(text)?.[1]);
    if (ip === undefined || !port) throw new Error(`no media in ${text}`);
    this.remote = { ip, port };
  }

  /** Talks every 20 ms from now on: a frame for each tick, undefined for none. */
  talk(say: (n: number) => Int16Array | undefined): void {
    this.say = say;
    if (this.timer) return;
    const start = performance.now();
    let ticks = 0;
    this.timer = setInterval(() => {
      while (ticks * 20 <= performance.now() - start) {
        ticks++;
        this.tick();
      }
    }, 5);
  }

  /** A tone without end. */
  hum(hz: number, amplitude = 6000): void {
    const { rate } = this.codec;
    const size = frameSize(rate);
    this.talk((n) =>
      Int16Array.from({ length: size }, (_, i) => Math.round(amplitude * Math.sin((2 * Math.PI * hz * (n * size + i)) / rate))),
    );
  }

  hush(): void {
    const silence = new Int16Array(frameSize(this.codec.rate));
    this.talk(() => silence);
  }

  press(digits: string): Promise<void> {
    if (!this.timer) this.hush();
    return this.sender.send(digits);
  }

  /** Any bytes, from its port. */
  send(bytes: Buffer): void {
    if (this.remote) this.socket.send(bytes, this.remote.port, this.remote.ip);
  }

  /** What was heard since the last call, or since the beginning. */
  takeHeard(): Int16Array {
    const frames = this.frames;
    this.frames = [];
    return joined(frames);
  }

  newSource(): void {
    this.ssrc = (this.ssrc + 1) >>> 0;
    this.sequence = (this.sequence + 20_000) & 0xffff;
  }

  close(): void {
    clearInterval(this.timer);
    this.socket.close();
    this.rtcp.close();
  }

  private tick(): void {
    this.timestamp = (this.timestamp + TICKS) >>> 0;
    if (this.sender.busy) {
      for (const { payload, timestamp, marker } of this.sender.next(this.timestamp)) this.packet(97, payload, timestamp, marker);
      return;
    }
    const frame = this.say?.(this.said++);
    if (frame) this.packet(this.codec.payloadType, this.encode(frame), this.timestamp, false);
  }

  private packet(payloadType: number, payload: Uint8Array, timestamp: number, marker: boolean): void {
    this.sequence = (this.sequence + 1) & 0xffff;
    this.send(buildRtp({ payloadType, marker, sequence: this.sequence, timestamp, ssrc: this.ssrc, payload: Buffer.from(payload) }));
  }

  private receive(bytes: Buffer): void {
    if (looksLikeRtcp(bytes)) {
      this.rtcpPackets.push(bytes);
      return;
    }
    const packet = parseRtp(bytes);
    if (!packet) return;
    this.packets++;
    this.arrivals.push(performance.now());
    if (packet.payloadType === 97) this.heardDigits += this.receiver.push(packet) ?? '';
    else if (packet.payloadType === this.codec.payloadType) this.frames.push(this.decode(packet.payload));
  }
}

function bound(ip: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket(isIPv6(ip) ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind(port, ip, () => resolve(socket));
  });
}
