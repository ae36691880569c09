import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { systemTimeZone } from '../billing/calendar-day.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import type { Principal } from '../http/principal.ts';
import { fieldProblem } from '../http/problem.ts';
import { Environment } from './environment.ts';
import { SettingEntity } from './setting.entity.ts';
import {
  crossCheck,
  defaultSettings,
  HIDDEN_PASSWORD,
  type SettingKey,
  type Settings,
  type SettingsPatch,
  settingsSchema,
} from './settings.schema.ts';

/** Origins without a slash at the end. */
export interface WebAddresses {
  readonly http: string;
  readonly https?: string;
  /** Would a browser or a phone take the certificate without asking? */
  readonly trusted: () => boolean;
}

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');

export type SettingsListener = (after: Settings, changed: ReadonlySet<SettingKey>) => void;

/** @returns why these settings cannot be had on this machine */
export type SettingsGuard = (wanted: Settings, changed: ReadonlySet<SettingKey>) => { field: SettingKey; message: string } | undefined;

/** Same URL, password hidden. */
export function hidePassword(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed?.password) return url;
  parsed.password = HIDDEN_PASSWORD;
  return parsed.href;
}

/** Puts the stored password back where the hidden one was sent. */
function restorePassword(sent: string, stored: string | null): string {
  const parsed = URL.parse(sent);
  if (!parsed || parsed.password !== HIDDEN_PASSWORD) return sent;
  parsed.password = (stored && URL.parse(stored)?.password) || '';
  return parsed.href;
}

/** Settings as others than the mail sender may see them. */
export const withoutSecrets = (settings: Settings): Settings => ({
  ...settings,
  smtpUrl: settings.smtpUrl === null ? null : hidePassword(settings.smtpUrl),
});

/** The one reader and writer of the settings. `current` is in memory and always valid; listeners are told after the change is on disk. */
@Injectable()
export class SettingsService implements OnModuleInit {
  readonly #log = new Logger('Settings');
  readonly #listeners = new Set<SettingsListener>();
  readonly #guards = new Set<SettingsGuard>();
  readonly #base: Settings;
  #current: Settings;
  #loaded: Promise<void> | undefined;
  #listening: WebAddresses = { http: 'http://127.0.0.1', trusted: () => false };
  readonly #reader: DataSource;
  readonly #uow: UnitOfWork;
  readonly #audit: AuditService;
  readonly #environment: Environment;

  constructor(reader: DataSource, uow: UnitOfWork, audit: AuditService, environment: Environment) {
    this.#reader = reader;
    this.#uow = uow;
    this.#audit = audit;
    this.#environment = environment;
    this.#base = {
      ...defaultSettings,
      sipDomain: environment.domain ?? environment.publicIp ?? defaultSettings.sipDomain,
      currency: environment.currency ?? defaultSettings.currency,
      timeZone: systemTimeZone(),
    };
    this.#current = this.#base;
  }

  get current(): Settings {
    return this.#current;
  }

  /** Origin of links in mails and QR codes, without a slash at the end. Never taken from a request: its Host may be forged. */
  get webOrigin(): string {
    return this.#current.publicUrl ?? this.#listening.https ?? this.#listening.http;
  }

  /**
   * Origin of links that a phone fetches by itself. Where our certificate is one that nobody vouches for, a phone would refuse it and has
   * nobody to ask: it is led to plain http.
   */
  get phoneOrigin(): string {
    const origin = this.webOrigin;
    const { http, https, trusted } = this.#listening;
    const url = new URL(origin);
    if (https === undefined || url.protocol !== 'https:' || trusted() || portOf(url) !== portOf(new URL(https))) return origin;
    const port = portOf(new URL(http));
    return `http://${url.hostname}${port === '80' ? '' : `:${port}`}`;
  }

  /** Told once by the web server: where it listens, used while no public address is set. */
  listensAt(addresses: WebAddresses): void {
    this.#listening = addresses;
  }

  /** SMTP server to use: the setting, else the environment's. */
  get smtpUrl(): string | null {
    return this.#current.smtpUrl ?? this.#environment.smtpUrl ?? null;
  }

  /** Called once with all keys when the settings are loaded (register in the constructor), and after every change. @returns stops it */
  onChange(listener: SettingsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asked before a change is written. */
  guard(guard: SettingsGuard): void {
    this.#guards.add(guard);
  }

  async onModuleInit(): Promise<void> {
    await this.load();
  }

  /** Reads what is stored, and tells every listener. */
  async load(): Promise<void> {
    this.#current = await this.#read();
    this.#apply(this.#current, new Set(Object.keys(settingsSchema.shape) as SettingKey[]));
  }

  /** Resolves when `current` holds what is stored: for those who are built before the modules start. */
  ready(): Promise<void> {
    this.#loaded ??= this.#read().then((stored) => {
      this.#current = stored;
    });
    return this.#loaded;
  }

  /** Reads the table. A stored value that is no longer valid is named in the log and its default used: a start is worth more than one setting. */
  async #read(): Promise<Settings> {
    const settings: Record<string, unknown> = { ...this.#base };
    for (const row of await this.#reader.getRepository(SettingEntity).find()) {
      const field = settingsSchema.shape[row.key as SettingKey];
      const parsed = field?.safeParse(JSON.parse(row.value));
      if (parsed?.success) settings[row.key] = parsed.data;
      else this.#log.warn(`The stored setting ${row.key} is ${field ? 'not valid' : 'not known'}; it is left out`);
    }
    return settingsSchema.parse(settings);
  }

  /**
   * Changes some settings.
   * @throws ProblemError 400 naming the field when two settings do not fit together
   */
  async patch(changes: SettingsPatch, actor: Principal | 'system'): Promise<Settings> {
    const after = await this.#uow.write(async (m) => {
      const before = this.#current;
      const wanted: Settings = { ...before, ...changes };
      if (changes.smtpUrl) wanted.smtpUrl = restorePassword(changes.smtpUrl, before.smtpUrl);
      const fault = crossCheck(wanted);
      if (fault) throw fieldProblem(fault.field, 'invalid', fault.message);
      const changed = (Object.keys(wanted) as SettingKey[]).filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(before[key]));
      if (changed.length === 0) return before;
      for (const guard of this.#guards) {
        const objection = guard(wanted, new Set(changed));
        if (objection) throw fieldProblem(objection.field, 'invalid', objection.message);
      }
      const now = Date.now();
      await m.getRepository(SettingEntity).save(changed.map((key) => ({ key, value: JSON.stringify(wanted[key]), updatedAt: now })));
      const pick = (s: Settings) => Object.fromEntries(changed.map((key) => [key, withoutSecrets(s)[key]]));
      await this.#audit.record(actor, 'settings.update', 'settings', null, pick(before), pick(wanted));
      this.#uow.afterCommit(() => this.#apply(wanted, new Set(changed)));
      return wanted;
    });
    return after;
  }

  #apply(after: Settings, changed: ReadonlySet<SettingKey>): void {
    this.#current = after;
    for (const listener of this.#listeners) {
      try {
        listener(after, changed);
      } catch (error) {
        this.#log.error(`A listener of the settings failed: ${String(error)}`);
      }
    }
  }
}
