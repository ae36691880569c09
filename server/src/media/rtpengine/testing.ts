import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { NgClient } from './ng-client.ts';

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

export interface Daemon {
  /** Where it takes commands, on 127.0.0.1. */
  readonly port: number;
  readonly process: ChildProcess;
}

/** Starts a real rtpengine in user space on loopback, with media ports from here to 199 further, and waits until it answers. */
export async function startDaemon(firstPort: number, ...more: readonly string[]): Promise<Daemon> {
  const port = await freePort();
  const options = [
    // Not the one of the machine, whose other ports may be taken.
    ...['--config-file=none', '--interface=127.0.0.1', `--listen-ng=127.0.0.1:${port}`, '--table=-1', '--foreground', '--log-stderr'],
    ...['--log-level=3', `--port-min=${firstPort}`, `--port-max=${firstPort + 199}`, '--timeout=600', '--num-threads=1', ...more],
  ];
  const daemon = spawn('rtpengine', options, { stdio: ['ignore', 'ignore', 'inherit'] });
  const client = new NgClient({ host: '127.0.0.1', port });
  try {
    for (let tries = 1; ; tries++) {
      try {
        await client.command({ command: 'ping' });
        return { port, process: daemon };
      } catch (error) {
        if (tries === 3 || daemon.exitCode !== null) throw error;
      }
    }
  } catch (error) {
    daemon.kill();
    throw error;
  } finally {
    client.close();
  }
}
