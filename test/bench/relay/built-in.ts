import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { end } from '../../support/process.ts';
import { cpuOfFamily } from '../processes.ts';
import type { Ask, Told } from './built-in-process.ts';
import { onRelayCore, type RelayTarget } from './relay-target.ts';

const range = { first: 12_000, last: 17_999 };
const program = fileURLToPath(new URL('./built-in-process.ts', import.meta.url));

/** Our own relay, with one worker. */
export class BuiltInTarget implements RelayTarget {
  readonly name = 'Dialtone';
  readonly range = range;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (told: Told) => void>();
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.on('message', (told: Told) => {
      this.#waiting.get(told.id)?.(told);
      this.#waiting.delete(told.id);
    });
  }

  static async start(): Promise<BuiltInTarget> {
    const [command, ...args] = [...onRelayCore, process.execPath, program, String(range.first), String(range.last)];
    const child = spawn(command!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await once(child, 'spawn');
    return new BuiltInTarget(child);
  }

  async connect(offer: Buffer, answer: Buffer, sendsFromElsewhere: boolean): Promise<{ offer: Buffer; answer: Buffer }> {
    const told = await this.#ask({ offer: offer.toString(), answer: answer.toString(), asymmetric: sendsFromElsewhere });
    return { offer: Buffer.from(told.offer ?? ''), answer: Buffer.from(told.answer ?? '') };
  }

  async disconnect(): Promise<void> {
    await this.#ask();
  }

  cpu(): number {
    return this.#process.pid === undefined ? 0 : cpuOfFamily(this.#process.pid);
  }

  stop(): Promise<void> {
    return end(this.#process, 5000);
  }

  async #ask(call?: Ask['call']): Promise<Told> {
    this.#lastId += 1;
    const id = this.#lastId;
    const told = await new Promise<Told>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#process.send({ id, call } satisfies { id: number; call: Ask['call'] | undefined });
    });
    if (told.error !== undefined) throw new Error(told.error);
    return told;
  }
}
