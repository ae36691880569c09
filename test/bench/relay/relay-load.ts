import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { buildRtp } from '../../../server/src/media/rtp/packet.ts';
import { sleep } from '../../support/wait.ts';
import { quantile } from '../figures.ts';
import type { RelayTarget } from './relay-target.ts';

const PACKET_MS = 20;
/** So many calls are listened to, and not more than one of ten: who listens is woken up by the relay, which a far phone is not. */
const LISTENED = 40;
const LISTENED_PART = 10;
/** Streams that go from socket to socket without a relay: what the machine does to them is not the relay's doing. */
const DIRECT = 20;
const SETTLE_SECONDS = 2;
const SECONDS = 10;

export interface RelayFigures {
  /** What the load brought about; 100 a second a call, where it got the processor it needs. */
  readonly packetsPerSecond: number;
  /** CPU microseconds of the relay for each packet. */
  readonly cpuPerPacket: number;
  /** Of the packets of the calls that were listened to. */
  readonly lost: number;
  /** Dropped by the kernel at the relay's ports, of all calls. */
  readonly dropped: number;
  /** How much later than the quickest of its stream a packet comes, p99, ms. */
  readonly jitter: number;
  /** The same without a relay in between. */
  readonly jitterDirect: number;
}

interface Stream {
  readonly from: Socket;
  readonly port: number;
  readonly packet: Buffer;
  /** Delays of what came, ms; undefined: nobody listens. */
  readonly delays?: number[];
  sequence: number;
  sent: number;
}

/** G.711 calls, both sides talking, and what becomes of their packets. */
export class RelayLoad {
  readonly #target: RelayTarget;
  readonly #streams: Stream[] = [];
  readonly #direct: Stream[] = [];
  readonly #sockets: Socket[] = [];
  #sink: Worker | undefined;

  private constructor(target: RelayTarget) {
    this.#target = target;
  }

  /** So many calls until the target is as warm as one that has run for an hour: a compiler that still learns would count as cost. */
  static warmUp(target: RelayTarget, calls: number): Promise<void> {
    return RelayLoad.#with(target, calls, (load) => load.#send(SECONDS));
  }

  static measure(target: RelayTarget, calls: number): Promise<RelayFigures> {
    return RelayLoad.#with(target, calls, async (load) => {
      await load.#send(SETTLE_SECONDS);
      return load.#measure();
    });
  }

  static async #with<T>(target: RelayTarget, calls: number, work: (load: RelayLoad) => Promise<T>): Promise<T> {
    const load = new RelayLoad(target);
    try {
      await load.#open(calls);
      return await work(load);
    } finally {
      await load.#close();
    }
  }

  async #open(calls: number): Promise<void> {
    this.#sink = new Worker(new URL('./sink.worker.ts', import.meta.url));
    const [sinkPort] = (await once(this.#sink, 'message')) as [number];
    const unheard = await this.#socket();
    const every = Math.max(LISTENED_PART, Math.floor(calls / LISTENED));
    for (let n = 0; n < calls; n += 1) {
      if (n % every === 0) {
        const [caller, callee] = [await this.#socket(), await this.#socket()];
        const seen = await this.#target.connect(sdp(caller.address().port), sdp(callee.address().port), false);
        this.#streams.push(this.#listened(caller, portIn(seen.answer), callee), this.#listened(callee, portIn(seen.offer), caller));
      } else {
        const seen = await this.#target.connect(sdp(sinkPort), sdp(sinkPort), true);
        for (const side of [seen.answer, seen.offer]) this.#streams.push(newStream(unheard, portIn(side)));
      }
    }
    for (let n = 0; n < DIRECT; n += 1) {
      const [from, to] = [await this.#socket(), await this.#socket()];
      this.#direct.push(this.#listened(from, to.address().port, to));
    }
  }

  #listened(from: Socket, port: number, to: Socket): Stream {
    const delays: number[] = [];
    to.on('message', (bytes) => delays.push(performance.now() - bytes.readDoubleBE(12)));
    return { ...newStream(from, port), delays };
  }

  /**
   * Each stream sends every 20 ms, one after the other, evenly spread. Where the load itself gets no processor it leaves packets out, as no
   * phone sends a burst of them.
   */
  async #send(seconds: number): Promise<void> {
    const all = [...this.#streams];
    // Among the others, not behind them.
    for (const [n, direct] of this.#direct.entries()) all.splice(Math.floor((n * all.length) / DIRECT), 0, direct);
    const start = performance.now();
    let next = 0;
    for (let now = start; now < start + seconds * 1000; now = performance.now()) {
      const due = Math.floor(((now - start) / PACKET_MS) * all.length);
      for (next = Math.max(next, due - all.length); next < due; next += 1) sendNext(all[next % all.length]!);
      await sleep(1);
    }
    await this.#untilQuiet();
  }

  /** Until nothing has come for a while: what is late is not lost. */
  async #untilQuiet(): Promise<void> {
    const came = () => this.#streams.reduce((sum, { delays }) => sum + (delays?.length ?? 0), 0);
    for (let before = -1; came() !== before; await sleep(500)) before = came();
  }

  async #measure(): Promise<RelayFigures> {
    const listened = this.#streams.filter((stream) => stream.delays);
    for (const stream of [...this.#streams, ...this.#direct]) {
      stream.sent = 0;
      stream.delays?.splice(0);
    }
    const cpu = this.#target.cpu();
    const dropped = droppedAt(this.#target.range);
    await this.#send(SECONDS);
    const sent = this.#streams.reduce((sum, stream) => sum + stream.sent, 0);
    const drops = Math.max(0, droppedAt(this.#target.range) - dropped);
    return {
      packetsPerSecond: sent / SECONDS,
      cpuPerPacket: (this.#target.cpu() - cpu) / (sent - drops),
      lost: listened.reduce((sum, stream) => sum + stream.sent - (stream.delays?.length ?? 0), 0),
      dropped: drops,
      jitter: jitterOf(listened),
      jitterDirect: jitterOf(this.#direct),
    };
  }

  async #close(): Promise<void> {
    await this.#target.disconnect();
    for (const socket of this.#sockets) socket.close();
    await this.#sink?.terminate();
  }

  async #socket(): Promise<Socket> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 256 * 1024, lookup: (address, _, done) => done(null, address, 4) });
    this.#sockets.push(socket);
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return socket;
  }
}

function newStream(from: Socket, port: number): Stream {
  const payload = Buffer.alloc(160, 0xd5);
  const packet = buildRtp({ payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc: port, payload });
  return { from, port, packet, sequence: 0, sent: 0 };
}

function sendNext(stream: Stream): void {
  const { packet } = stream;
  stream.sequence = (stream.sequence + 1) & 0xffff;
  stream.sent += 1;
  packet.writeUInt16BE(stream.sequence, 2);
  packet.writeUInt32BE(stream.sequence * 160, 4);
  if (stream.delays) packet.writeDoubleBE(performance.now(), 12);
  stream.from.send(packet, stream.port, '127.0.0.1');
}

function jitterOf(streams: readonly Stream[]): number {
  const late = streams.flatMap(({ delays = [] }) => {
    const quickest = Math.min(...delays);
    return delays.map((delay) => delay - quickest);
  });
  return quantile(late, 0.99);
}

const sdp = (port: number): Buffer =>
  Buffer.from(`v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=sendrecv\r\n`);

const portIn = (text: Buffer): number => Number(/^m=audio (\d+)/m.exec(text.toString())?.[1]);

/** Datagrams that found the buffer of a socket full: the last column of /proc/net/udp, of the sockets with a port in this range. */
function droppedAt(range: { first: number; last: number }): number {
  const lines = readFileSync('/proc/net/udp', 'latin1').trim().split('\n').slice(1);
  return lines.reduce((sum, line) => {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]!.split(':')[1]!, 16);
    return port >= range.first && port <= range.last ? sum + Number(fields.at(-1)) : sum;
  }, 0);
}
