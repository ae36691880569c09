import { get } from 'node:http';
import { join } from 'node:path';
import {
  DATA_ROOT,
  EXIT_REFUSED,
  REFUSAL_FILE,
  SETUP_CODE_FILE,
  serverRefusal,
  UNATTENDED_FAULTS_FILE,
} from '../../../server/src/host/contract/index.ts';
import { serverIds } from '../data/layout.ts';
import type { Exec } from '../exec.ts';
import { readLeft } from '../files.ts';
import { log } from '../log.ts';
import { words } from '../problem.ts';
import { inEnglish, type Text } from '../texts/texts.ts';
import { showUnits } from './services.ts';

/** running: it answers; starting: systemd is at it; refused: it will not run on this data; failed: it gave up; stopped: nobody asked it to run. */
export type ServerState = 'running' | 'starting' | 'refused' | 'failed' | 'stopped';

interface Options {
  readonly exec: Exec;
  readonly changed: () => void;
  /** Whether the data disk is there: without it the server is not expected. */
  readonly dataReady: () => boolean;
  readonly url?: string;
}

/** Whether the server answers at all; redirects and refusals are answers too. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 3000 }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 500);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** What a unit's process last said that is for people: log lines (JSON) are left out. */
export function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{') && !/^\s+at /.test(line));
  return lines.slice(-4).join('\n');
}

/** What the server left when it refused its data, in the language of whoever reads it; undefined when that says nothing. */
export function refusalText(left: string): Text | undefined {
  let value: unknown;
  try {
    value = JSON.parse(left);
  } catch {
    return undefined;
  }
  const { data: refusal } = serverRefusal.safeParse(value);
  if (!refusal) return undefined;
  if (refusal.code === 'upgrade-undone') return ({ t }) => t('server.undone', { undone: refusal.undone, data: refusal.data });
  const { data, ours } = refusal;
  return ({ t }) => (data === ours ? t('server.newerBuild', { ours }) : t('server.newer', { data, ours }));
}

/** Watches the server: asks it over HTTP, and systemd when it does not answer. */
export class ServerWatch {
  readonly #options: Options;
  #state: ServerState = 'stopped';
  #refusal: Text = '';
  #setupCode = '';
  #faults: readonly string[] = [];
  #misses = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  get state(): ServerState {
    return this.#state;
  }
  /** What the server said when it would not start; empty when there is nothing of the kind. */
  get refusal(): Text {
    return this.#refusal;
  }
  /** The one-time code of the first run, until it was used. A server that is not up yet has made no new one: the old one is no good any more. */
  get setupCode(): string {
    return this.#state === 'running' ? this.#setupCode : '';
  }
  /** What the server did not take of an unattended set-up. */
  get unattendedFaults(): readonly string[] {
    return this.#faults;
  }

  start(): void {
    const round = () => {
      this.look()
        .catch((error: unknown) => log.warn(`The server cannot be watched: ${words(error)}`))
        .finally(() => {
          this.#timer = setTimeout(round, this.#state === 'running' ? 4000 : 1500);
        });
    };
    round();
  }
  stop(): void {
    clearTimeout(this.#timer);
  }

  async look(): Promise<void> {
    const before = this.#facts();
    if (await answers(this.#options.url ?? 'http://127.0.0.1/api/v1/public/info')) {
      this.#misses = 0;
      this.#state = 'running';
      this.#refusal = '';
    } else {
      this.#misses++;
      const state = await this.#askSystemd();
      // A server that is busy for a moment is still running.
      if (!(this.#state === 'running' && state === 'starting' && this.#misses < 3)) this.#state = state;
    }
    this.#setupCode = (await this.#left(SETUP_CODE_FILE)).trim();
    this.#faults = (await this.#left(UNATTENDED_FAULTS_FILE)).split('\n').filter((line) => line.trim() !== '');
    if (this.#facts() !== before) this.#options.changed();
  }

  #facts(): string {
    return JSON.stringify([this.#state, inEnglish(this.#refusal), this.#setupCode, this.#faults]);
  }

  /** A file the server leaves for the console; empty when there is none. */
  async #left(name: string): Promise<string> {
    if (!this.#options.dataReady()) return '';
    return (await readLeft(join(DATA_ROOT, 'server', name), (await serverIds()).uid)) ?? '';
  }

  async #askSystemd(): Promise<ServerState> {
    const [unit] = await showUnits(this.#options.exec, ['dialtone.service']);
    const active = unit?.get('ActiveState');
    const status = Number(unit?.get('ExecMainStatus'));
    if (active === 'failed' || (active === 'activating' && status !== 0)) {
      const said = await this.#options.exec(
        'journalctl',
        ['_SYSTEMD_UNIT=dialtone.service', '-b', '-n', '40', '-o', 'cat', '--no-pager', '-q'],
        { ok: [0, 1] },
      );
      const left = status === EXIT_REFUSED ? refusalText(await this.#left(REFUSAL_FILE)) : undefined;
      this.#refusal = left ?? (lastWords(said.stdout) || (({ t }) => t('server.ended', { code: status })));
    }
    if (active === 'failed') return status === EXIT_REFUSED ? 'refused' : 'failed';
    if (active === 'activating' || active === 'active' || active === 'reloading') return 'starting';
    return 'stopped';
  }
}
