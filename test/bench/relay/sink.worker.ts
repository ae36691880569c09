// A port to which media goes that nobody listens to: the kernel drops it, which costs the load next to nothing.
import { createSocket } from 'node:dgram';
import { parentPort } from 'node:worker_threads';

const socket = createSocket('udp4');
socket.bind(0, '127.0.0.1', () => {
  parentPort!.postMessage(socket.address().port);
  // Bound, and never read.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
