import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

// Below the ephemeral range of Linux (32768-60999), so that no outgoing connection sits on a port between our look and its use.
const FIRST = Number(process.env.DIALTONE_TEST_PORTS ?? 22_000);
const SPAN = 900;
let next = process.pid % SPAN;

const free = {
  tcp: (port: number, host: string) =>
    new Promise<boolean>((resolve) => {
      const server = createServer().once('error', () => resolve(false));
      server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
    }),
  udp: (port: number, host: string) =>
    new Promise<boolean>((resolve) => {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').once('error', () => resolve(false));
      socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)));
    }),
};

/** A port that is free for UDP and TCP on a loopback address, and not given out twice within a run. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < SPAN; tries += 1) {
    const port = FIRST + next;
    next = (next + 1) % SPAN;
    if ((await free.udp(port, host)) && (await free.tcp(port, host))) return port;
  }
  throw new Error(`No free port from ${FIRST} to ${FIRST + SPAN}`);
}
