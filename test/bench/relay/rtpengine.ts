import { type ChildProcess, spawn } from 'node:child_process';
import { NgClient, type NgCommand } from '../../../server/src/media/rtpengine/ng-client.ts';
import { freePort } from '../../support/ports.ts';
import { end } from '../../support/process.ts';
import { eventually } from '../../support/wait.ts';
import { cpuOfFamily } from '../processes.ts';
import { onRelayCore, type RelayTarget } from './relay-target.ts';

const range = { first: 18_000, last: 23_999 };

export const rtpenginePackages = ['rtpengine-daemon'];

/** Debian's rtpengine in user space with one thread for media, driven by its NG protocol. */
export class RtpengineTarget implements RelayTarget {
  readonly name = 'rtpengine';
  readonly range = range;
  readonly #process: ChildProcess;
  readonly #client: NgClient;
  #calls: string[] = [];

  private constructor(child: ChildProcess, client: NgClient) {
    this.#process = child;
    this.#client = client;
  }

  static async start(): Promise<RtpengineTarget> {
    const port = await freePort();
    const options = [
      '--config-file=none',
      '--foreground',
      '--log-stderr',
      '--log-level=2',
      '--table=-1',
      '--num-threads=1',
      '--interface=127.0.0.1',
    ];
    const [command, ...args] = [...onRelayCore, 'rtpengine', ...options, `--listen-ng=127.0.0.1:${port}`];
    const child = spawn(command!, [...args, `--port-min=${range.first}`, `--port-max=${range.last}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const target = new RtpengineTarget(child, new NgClient({ host: '127.0.0.1', port }));
    await eventually('rtpengine answers', () => target.#command({ command: 'ping' }), 15_000).catch(async (error: unknown) => {
      await target.stop();
      throw error;
    });
    return target;
  }

  async connect(offer: Buffer, answer: Buffer, sendsFromElsewhere: boolean): Promise<{ offer: Buffer; answer: Buffer }> {
    const call = { 'call-id': `bench-${process.pid}-${this.#calls.length}-${performance.now()}`, 'from-tag': 'a' };
    this.#calls.push(call['call-id']);
    const common = { replace: ['origin', 'session-connection'], flags: ['trust-address', ...(sendsFromElsewhere ? ['asymmetric'] : [])] };
    const offered = await this.#command({ ...call, ...common, command: 'offer', ICE: 'remove', sdp: offer });
    const answered = await this.#command({ ...call, ...common, command: 'answer', 'to-tag': 'b', sdp: answer });
    return { offer: Buffer.from(offered.sdp as Uint8Array), answer: Buffer.from(answered.sdp as Uint8Array) };
  }

  async disconnect(): Promise<void> {
    const ended = this.#calls;
    this.#calls = [];
    for (const id of ended) await this.#command({ command: 'delete', 'call-id': id, 'delete-delay': 0 });
  }

  cpu(): number {
    return this.#process.pid === undefined ? 0 : cpuOfFamily(this.#process.pid);
  }

  async stop(): Promise<void> {
    this.#client.close();
    await end(this.#process, 5000);
  }

  #command(command: NgCommand) {
    return this.#client.command(command);
  }
}
