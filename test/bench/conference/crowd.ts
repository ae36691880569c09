// The telephones of the conference bench, in a thread of their own: RTP every 20 ms to each member, and a count of what comes back.
import { createSocket, type Socket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import { type CrowdData, type CrowdReport, codecOf, HUM, tonesOf } from './crowd-data.ts';

const { ports, codec: name, talkers } = workerData as CrowdData;
const codec = codecOf(name);
const SECOND = 50;

interface Phone {
  readonly socket: Socket;
  readonly to: number;
  /** A second of packets' payloads, said again and again. */
  readonly payloads: readonly Uint8Array[];
}

let received = 0;
let sent = 0;
const phones: Phone[] = await Promise.all(
  ports.map(async ({ own, to }, n) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 512 * 1024 });
    await new Promise<void>((resolve) => socket.bind(own, '127.0.0.1', resolve));
    socket.on('message', () => received++);
    const encode = codec.encoder();
    const size = codec.rate / SECOND;
    const sound = n < talkers ? tonesOf(codec.rate, HUM + 13 * n, 6000) : tonesOf(codec.rate, 200, 20);
    const payloads = Array.from({ length: SECOND }, (_, i) => encode(sound.subarray(i * size, (i + 1) * size)));
    return { socket, to, payloads };
  }),
);

const started = performance.now();
let ticks = 0;
setInterval(() => {
  for (; ticks * 20 <= performance.now() - started; ticks++) {
    for (const [n, { socket, to, payloads }] of phones.entries()) {
      const payload = payloads[ticks % SECOND]!;
      const packet = Buffer.allocUnsafe(12 + payload.length);
      packet[0] = 0x80;
      packet[1] = codec.payloadType;
      packet.writeUInt16BE(ticks & 0xffff, 2);
      packet.writeUInt32BE((ticks * 160) >>> 0, 4);
      packet.writeUInt32BE(n + 1, 8);
      packet.set(payload, 12);
      socket.send(packet, to, '127.0.0.1');
      sent++;
    }
  }
}, 5);

parentPort!.on('message', () => parentPort!.postMessage({ sent, received } satisfies CrowdReport));
