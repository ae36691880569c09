import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
}

/** A real softphone (baresip) with a config folder of its own: it speaks with a tone and records what it hears. */
export class Softphone {
  readonly user: string;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #control: Socket;
  readonly events: { type: string; param?: string }[] = [];
  log = '';

  private constructor(user: string, folder: string, child: ChildProcess, control: Socket) {
    this.user = user;
    this.#folder = folder;
    this.#process = child;
    this.#control = control;
    let buffered = Buffer.alloc(0);
    control.on('data', (chunk) => {
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
    writeTone(join(folder, 'tone.wav'), options.speaks, 30);
    // baresip takes the port after its own for TLS: the one in the middle is left to it.
    const [port, , control] = [await freePort(), await freePort(), await freePort()];
    writeFileSync(
      join(folder, 'config'),
      `sip_listen 127.0.0.1:${port}
audio_player aubridge,speaker
audio_source aufile,${join(folder, 'tone.wav')}
audio_alert aubridge,bell
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${control}
snd_path ${join(folder, 'heard')}
${options.trusts === undefined ? '' : `sip_cafile ${join(folder, 'trusts.pem')}\nsip_verify_server yes\n`}`,
    );
    const outbound = `sip:${options.server};transport=${options.transport ?? 'udp'}`;
    writeFileSync(
      join(folder, 'accounts'),
      `<sip:${options.user}@${options.domain}>;auth_user=${options.user};auth_pass=${options.password};outbound="${outbound}";regint=600\n`,
    );
    writeFileSync(join(folder, 'contacts'), '');
    if (options.trusts !== undefined) writeFileSync(join(folder, 'trusts.pem'), options.trusts);
    const child = spawn('baresip', ['-4', '-f', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    const socket = await eventually('baresip listens for commands', () => reach(control));
    return new Softphone(options.user, folder, child, socket);
  }

  /** Waits for the 200 to its REGISTER; that may come before anybody listens for events. */
  async registered(): Promise<void> {
    await eventually(`${this.user} is registered`, () => /200 OK/.test(this.log)).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.log.slice(-2000)}`);
    });
  }

  command(command: string, params?: string): void {
    const text = JSON.stringify({ command, params });
    this.#control.write(`${Buffer.byteLength(text)}:${text},`);
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
    this.#control.destroy();
    await end(this.#process);
    if (keep) {
      const target = artifactFolder(`baresip-${this.user}`);
      cpSync(this.#folder, target, { recursive: true });
      writeFileSync(join(target, 'log'), this.log);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function reach(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
