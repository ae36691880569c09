import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Namespace } from './netns.ts';
import { artifactFolder } from './paths.ts';
import { freePort } from './ports.ts';
import { end } from './process.ts';
import { readSamples, writeTone } from './tone.ts';
import { eventually } from './wait.ts';

export interface SoftphoneOptions {
  user: string;
  password: string;
  domain: string;
  /** host:port of the server, asked first for everything. */
  server: string;
  transport?: 'udp' | 'tcp' | 'tls';
  /** Over TLS: PEM of the authorities it trusts. It insists on one of them. */
  trusts?: string;
  /** The tone it speaks with, in Hz. */
  speaks: number;
  /** For how many seconds; 30 otherwise. It hangs up when it has no more to say. */
  seconds?: number;
  /** The machine it runs on, and its address there; this one otherwise. */
  on?: { machine: Namespace; address: string };
  /** Modules of more codecs and of video, for a session description that is larger than a datagram should be. */
  more?: readonly string[];
  /** How it encrypts its sound: where the other side does too (srtp), else by keys in the description or by DTLS, and insists on it. */
  encrypts?: 'srtp' | 'srtp-mand' | 'dtls_srtp';
}

/** A real softphone (baresip) with a config folder of its own: it speaks with a tone and records what it hears. */
export class Softphone {
  readonly user: string;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #control: Control;
  readonly events: { type: string; param?: string }[] = [];
  log = '';

  private constructor(user: string, folder: string, child: ChildProcess, control: Control) {
    this.user = user;
    this.#folder = folder;
    this.#process = child;
    this.#control = control;
    let buffered = Buffer.alloc(0);
    control.input.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      for (;;) {
        // Netstrings: "12:twelve bytes,".
        const colon = buffered.indexOf(':');
        const length = Number(buffered.subarray(0, Math.max(colon, 0)).toString());
        if (colon < 0 || buffered.length < colon + length + 2) return;
        const message = JSON.parse(buffered.subarray(colon + 1, colon + 1 + length).toString());
        buffered = buffered.subarray(colon + length + 2);
        if (message.event) this.events.push(message);
      }
    });
    const collect = (chunk: Buffer) => (this.log += chunk.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  static async start(options: SoftphoneOptions): Promise<Softphone> {
    const folder = mkdtempSync(join(tmpdir(), 'dialtone-baresip-'));
    mkdirSync(join(folder, 'heard'));
    writeTone(join(folder, 'tone.wav'), options.speaks, options.seconds ?? 30);
    // baresip takes the port after its own for TLS: the one in the middle is left to it.
    const [port, , control] = [await freePort(), await freePort(), await freePort()];
    writeFileSync(
      join(folder, 'config'),
      `sip_listen ${options.on?.address ?? '127.0.0.1'}:${port}
audio_player aubridge,speaker
audio_source aufile,${join(folder, 'tone.wav')}
audio_alert aubridge,bell
module_path /usr/lib/baresip/modules
module g711.so
${[...(options.more ?? []), ...encryptionModule(options)].map((name) => `module ${name}.so\n`).join('')}module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${control}
snd_path ${join(folder, 'heard')}
${options.trusts === undefined ? '' : `sip_cafile ${join(folder, 'trusts.pem')}\nsip_verify_server yes\n`}`,
    );
    const encryption = options.encrypts === undefined ? '' : `;mediaenc=${options.encrypts}`;
    const outbound = `sip:${options.server};transport=${options.transport ?? 'udp'}`;
    writeFileSync(
      join(folder, 'accounts'),
      `<sip:${options.user}@${options.domain}>;auth_user=${options.user};auth_pass=${options.password};outbound="${outbound}";regint=600${encryption}\n`,
    );
    writeFileSync(join(folder, 'contacts'), '');
    if (options.trusts !== undefined) writeFileSync(join(folder, 'trusts.pem'), options.trusts);
    const machine = options.on?.machine;
    const [command, args] = within(machine, 'baresip', ['-4', '-s', '-f', folder]);
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const channel = await eventually('baresip listens for commands', () => reach(control, machine));
    return new Softphone(options.user, folder, child, channel);
  }

  /** Waits for the 200 to its REGISTER; that may come before anybody listens for events. */
  async registered(): Promise<void> {
    await eventually(`${this.user} is registered`, () => /200 OK/.test(this.log)).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.log.slice(-2000)}`);
    });
  }

  command(command: string, params?: string): void {
    const text = JSON.stringify({ command, params });
    this.#control.output.write(`${Buffer.byteLength(text)}:${text},`);
  }

  /** Forgets the events so far, so that the next one of a kind can be waited for. */
  forget(): void {
    this.events.length = 0;
  }

  /** Waits for an event of baresip, such as CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED. */
  event(type: string, timeoutMs = 10_000): Promise<{ type: string; param?: string }> {
    const seen = () => this.events.find((event) => event.type === type);
    return eventually(`${type} at ${this.user}`, seen, timeoutMs).catch((error: Error) => {
      throw new Error(
        `${error.message}\n${this.events.map((event) => `${event.type} ${event.param ?? ''}`).join('\n')}\n${this.log.slice(-2000)}`,
      );
    });
  }

  /** What it has heard since the call was answered, 8 kHz. */
  heard(): Int16Array {
    const folder = join(this.#folder, 'heard');
    const file = readdirSync(folder).find((name) => name.endsWith('-dec.wav'));
    return file ? readSamples(join(folder, file)) : new Int16Array();
  }

  /** Ends it; `keep` leaves its log and recordings in test/artifacts. */
  async stop(keep = false): Promise<void> {
    this.#control.close();
    await end(this.#process);
    if (keep) {
      const target = artifactFolder(`baresip-${this.user}`);
      cpSync(this.#folder, target, { recursive: true });
      writeFileSync(join(target, 'log'), this.log);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const encryptionModule = ({ encrypts }: SoftphoneOptions): string[] =>
  encrypts === undefined ? [] : [encrypts === 'dtls_srtp' ? encrypts : 'srtp'];

/** The way to its command port. */
interface Control {
  readonly input: Readable;
  readonly output: Writable;
  close(): void;
}

const within = (machine: Namespace | undefined, command: string, args: string[]): [string, string[]] =>
  machine ? machine.within(command, args) : [command, args];

/** Its command port. On another machine through a shell there, as the loopback address of each is its own. */
function reach(port: number, machine: Namespace | undefined): Promise<Control | undefined> {
  return new Promise((resolve) => {
    if (!machine) {
      const socket = connect(port, '127.0.0.1', () => resolve({ input: socket, output: socket, close: () => socket.destroy() }));
      socket.once('error', () => resolve(undefined));
      return;
    }
    const script = `exec 3<>/dev/tcp/127.0.0.1/${port} || exit 1; echo; cat <&3 & exec cat >&3`;
    const child = spawn(...machine.within('bash', ['-c', script]), { stdio: ['pipe', 'pipe', 'ignore'] });
    child.once('exit', () => resolve(undefined));
    child.stdout.once('data', () => resolve({ input: child.stdout, output: child.stdin, close: () => void child.kill() }));
  });
}
