import type { HostnameSettings } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { log } from '../log.ts';
import type { SettingsFile } from '../settings-file.ts';

export const DEFAULT_HOSTNAME: HostnameSettings = { hostname: 'dialtone' };

export class Hostname {
  readonly #exec: Exec;
  readonly #file: SettingsFile<HostnameSettings>;

  constructor(exec: Exec, file: SettingsFile<HostnameSettings>) {
    this.#exec = exec;
    this.#file = file;
  }

  get value(): string {
    return this.#file.value.hostname;
  }

  async apply(): Promise<void> {
    await this.#exec('hostnamectl', ['--no-ask-password', 'hostname', this.value], { timeout: 30_000 });
  }

  async set(settings: HostnameSettings): Promise<void> {
    await this.#file.save(settings);
    await this.apply();
    log.notice(`Host name ${settings.hostname}`);
  }
}
