import { isIP } from 'node:net';
import type { Environment } from '../settings/environment.ts';
import type { SettingsService } from '../settings/settings.service.ts';
import { ownNames } from './self-signed.ts';

/** What this machine is called, by its settings and by itself. */
export class OwnNames {
  readonly #settings: SettingsService;
  readonly #environment: Environment;

  constructor(settings: SettingsService, environment: Environment) {
    this.#settings = settings;
    this.#environment = environment;
  }

  list(): string[] {
    const { sipDomain, sipPublicHost, publicUrl } = this.#settings.current;
    const host = publicUrl === null ? null : new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
    const { publicIp } = this.#environment;
    return ownNames([sipPublicHost, host, sipDomain, publicIp].filter((name) => name && (isIP(name) !== 0 || name !== 'localhost')));
  }
}
