import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DATA_ROOT, type SshHostKey, type SshSettings, type SshView } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { readText, replaceFile } from '../files.ts';
import type { Firewall } from '../firewall/firewall.ts';
import { log } from '../log.ts';
import { Refusal } from '../problem.ts';
import type { SettingsFile } from '../settings-file.ts';
import { parseKey } from './keys.ts';

export const sshFile = z.object({ enabled: z.boolean(), keys: z.array(z.string()) });
export const DEFAULT_SSH: SshSettings = { enabled: false, keys: [] };
const HOST_KEYS = ['ed25519'] as const;

interface Options {
  readonly exec: Exec;
  readonly file: SettingsFile<SshSettings>;
  readonly firewall: Firewall;
  readonly dataReady: () => boolean;
  readonly root?: string;
}

/** SSH: off until a key is added (M-7). Host keys and authorised keys are on the data disk. */
export class Ssh {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async view(): Promise<SshView> {
    const { enabled, keys } = this.#options.file.value;
    const hostKeys: string[] = [];
    for (const kind of HOST_KEYS) {
      const line = await readText(`${this.#hostKey(kind)}.pub`);
      if (line) hostKeys.push(`${parseKey(line).fingerprint} (${kind.toUpperCase()})`);
    }
    return { enabled, keys: keys.map(parseKey), hostKeys };
  }

  /** @throws Refusal 400 key-wrong, 409 no-key */
  async set({ enabled, keys }: SshSettings): Promise<void> {
    const parsed = keys.map(parseKey);
    if (enabled && parsed.length === 0) throw new Refusal(409, 'no-key', 'Add a key before SSH is switched on: there are no passwords.');
    await this.#options.file.save({ enabled, keys: [...new Set(parsed.map((k) => k.key))] });
    await this.apply();
    log.notice(`SSH ${enabled ? 'on' : 'off'}; keys ${parsed.map((k) => k.fingerprint).join(' ') || 'none'}`);
  }

  /** The private host key, for a backup; null when there is none yet. */
  async hostKey(): Promise<SshHostKey> {
    return { key: (await readText(this.#hostKey('ed25519'))) ?? null };
  }

  /** Puts the host key of a backup in the place of the one of now, so that SSH clients know the machine again. @throws Refusal 400 key-wrong, 409 no-data-disk */
  async setHostKey({ key }: SshHostKey): Promise<void> {
    if (!this.#options.dataReady()) throw new Refusal(409, 'no-data-disk', ({ t }) => t('refusal.noDataDisk'));
    if (key === null) return;
    const path = this.#hostKey('ed25519');
    const draft = `${path}.restored`;
    await replaceFile(draft, key);
    try {
      const line = await this.#publicPart(draft);
      await replaceFile(path, key);
      await replaceFile(`${path}.pub`, `${line}\n`, 0o644);
      log.notice(`SSH host key ${parseKey(line).fingerprint}`);
    } finally {
      await rm(draft, { force: true });
    }
    await this.#options.exec('systemctl', ['try-restart', 'ssh.service'], { ok: [0, 5], timeout: 60_000 });
  }

  /** @throws Refusal 400 key-wrong */
  async #publicPart(path: string): Promise<string> {
    const { code, stdout } = await this.#options.exec('ssh-keygen', ['-y', '-P', '', '-f', path], { ok: [0, 1, 255] });
    const line = stdout.trim();
    if (code !== 0 || !line.startsWith('ssh-ed25519 ')) throw new Refusal(400, 'key-wrong', 'This is not an SSH host key of Dialtone.');
    return line;
  }

  /** Brings the daemon, its files and the firewall to where the settings are. */
  async apply(): Promise<void> {
    const { exec, file, firewall, dataReady } = this.#options;
    const { enabled, keys } = file.value;
    const authorized = join(this.#options.root ?? DATA_ROOT, 'system/authorized_keys');
    if (!enabled || keys.length === 0 || !dataReady()) {
      if (dataReady()) await rm(authorized, { force: true });
      await exec('systemctl', ['stop', 'ssh.service'], { ok: [0, 5] });
      await firewall.openSsh(false);
      return;
    }
    for (const kind of HOST_KEYS) {
      // Empty after a power cut, with versions that did not write it through.
      if (!(await readText(this.#hostKey(kind)))) await this.#makeHostKey(kind);
    }
    await replaceFile(authorized, `${keys.join('\n')}\n`);
    await exec('systemctl', ['start', 'ssh.service'], { timeout: 60_000 });
    await firewall.openSsh(true);
  }

  /** ssh-keygen does not write through: a power cut within the next half minute would leave an empty key, with which sshd does not start. */
  async #makeHostKey(kind: (typeof HOST_KEYS)[number]): Promise<void> {
    const path = this.#hostKey(kind);
    const draft = `${path}.made`;
    const drafts = [draft, `${draft}.pub`];
    // ssh-keygen asks before it writes over a file, and nobody answers.
    for (const file of drafts) await rm(file, { force: true });
    await this.#options.exec('ssh-keygen', ['-q', '-t', kind, '-N', '', '-C', 'dialtone', '-f', draft], { timeout: 120_000 });
    await replaceFile(`${path}.pub`, await readFile(`${draft}.pub`, 'utf8'), 0o644);
    await replaceFile(path, await readFile(draft, 'utf8'));
    for (const file of drafts) await rm(file, { force: true });
  }

  #hostKey(kind: string): string {
    return join(this.#options.root ?? DATA_ROOT, 'system/ssh', `ssh_host_${kind}_key`);
  }
}
