import { randomInt } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AlarmsService } from '../alarms/alarms.service.ts';
import { AuditService } from '../audit/audit.service.ts';
import { type Admin, AdminsService } from '../auth/admins.service.ts';
import { hashPassword } from '../auth/passwords.ts';
import { sameToken } from '../auth/tokens.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { SETUP_CODE_FILE, UNATTENDED_FAULTS_FILE, UNATTENDED_FILE } from '../host/contract/index.ts';
import { type AdminPrincipal, addressKey, type Principal, problem, RateLimiter, tooMany } from '../http/index.ts';
import { Environment } from '../settings/environment.ts';
import { SettingsService } from '../settings/settings.service.ts';
import type { SetupInput } from './setup.schema.ts';
import { SetupStepsService } from './setup-steps.service.ts';

// No 0/O, 1/I/L: a person reads it from a console. 8 of 31 signs are 39 bits, and attempts are limited.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const MINUTE = 60_000;

function newCode(): string {
  const sign = () => ALPHABET[randomInt(ALPHABET.length)] ?? '';
  const four = () => Array.from({ length: 4 }, sign).join('');
  return `${four()}-${four()}`;
}

const plain = (code: string): string => code.toUpperCase().replace(/[^0-9A-Z]/g, '');

/**
 * First run: whoever can read the console makes the first administrator (H-5). The code lives in memory only, changes at every start and dies on use.
 */
@Injectable()
export class SetupService {
  readonly #admins: AdminsService;
  readonly #settings: SettingsService;
  readonly #uow: UnitOfWork;
  readonly #steps: SetupStepsService;
  readonly #audit: AuditService;
  readonly #alarms: AlarmsService;
  readonly #byAddress = new RateLimiter({ limit: 5, windowMs: 10 * MINUTE });
  readonly #byAll = new RateLimiter({ limit: 30, windowMs: 10 * MINUTE });
  #code = newCode();
  readonly #codeFile: string;
  readonly #unattended: readonly string[];

  constructor(
    admins: AdminsService,
    settings: SettingsService,
    uow: UnitOfWork,
    environment: Environment,
    steps: SetupStepsService,
    audit: AuditService,
    alarms: AlarmsService,
  ) {
    this.#alarms = alarms;
    this.#steps = steps;
    this.#audit = audit;
    this.#codeFile = resolve(environment.dataDir, SETUP_CODE_FILE);
    this.#unattended = [UNATTENDED_FILE, UNATTENDED_FAULTS_FILE].map((name) => resolve(environment.dataDir, name));
    this.#admins = admins;
    this.#settings = settings;
    this.#uow = uow;
  }

  /** To be printed on the console; undefined once there is an administrator. */
  get code(): string | undefined {
    return this.#admins.setupNeeded ? this.#code : undefined;
  }

  /** Leaves the code where the console of the appliance reads it; removes the file once there is an administrator. */
  async keepCodeFile(): Promise<void> {
    if (this.code === undefined) await rm(this.#codeFile, { force: true });
    else await writeFile(this.#codeFile, `${this.code}\n`, { mode: 0o600 });
  }

  /** A new code for the console; the old one is worth nothing from now on. @throws ProblemError 409 setup-done */
  async renewCode(actor: Principal): Promise<string> {
    if (!this.#admins.setupNeeded) throw alreadyDone();
    this.#code = newCode();
    this.#byAll.forget('');
    await this.keepCodeFile();
    await this.#audit.record(actor, 'setup.code', 'settings', null);
    return this.#code;
  }

  /**
   * @param origin where the administrator's browser says it found us; the first public address, since he proved to own the console
   * @throws ProblemError 409 setup-done, 403 setup-code-wrong, 429
   */
  async complete(input: SetupInput, address: string, origin: string | undefined): Promise<Admin> {
    this.checkCode(input.code, address);
    const actor: AdminPrincipal = { kind: 'admin', adminId: null, login: input.admin.login, name: input.admin.name, sessionId: null };
    const language = input.language ?? this.#settings.current.defaultLanguage;
    const passwordHash = await hashPassword(input.admin.password);
    const created = await this.#uow.write(async (m) => {
      // Two requests with the right code at the same time: the second finds an administrator.
      if (!this.#admins.setupNeeded) throw alreadyDone();
      const { login, name, email } = input.admin;
      const admin = await this.#admins.insert(m, { login, name, email: email ?? null, language, passwordHash }, actor);
      const publicUrl = this.#settings.current.publicUrl ?? (origin && /^https?:/.test(origin) ? origin : null);
      const { operatorName, timeZone, domain, currency } = input;
      const told = { ...(domain && { sipDomain: domain }), ...(currency && { currency }), ...(timeZone && { timeZone }) };
      await this.#settings.patch({ ...told, defaultLanguage: language, publicUrl, ...(operatorName && { operatorName }) }, actor);
      for (const step of ['domain', 'currency', 'timeZone'] as const) if (input[step]) await this.#steps.say(step, 'done');
      return admin;
    });
    await this.keepCodeFile();
    // A set-up that nobody was to sit at is overtaken by somebody who did.
    for (const file of this.#unattended) await rm(file, { force: true });
    this.#alarms.clear('unattended-faults');
    return created;
  }

  /** @throws ProblemError 409 setup-done, 403 setup-code-wrong, 429 */
  checkCode(code: string, address: string): void {
    if (!this.#admins.setupNeeded) throw alreadyDone();
    const key = addressKey(address);
    const wait = Math.max(this.#byAddress.wait(key), this.#byAll.wait(''));
    if (wait > 0) throw tooMany(wait, 'Too many wrong codes. Wait, or start Dialtone again for a new code.');
    if (sameToken(plain(code), plain(this.#code))) return;
    this.#byAddress.take(key);
    this.#byAll.take('');
    throw problem(403, 'setup-code-wrong', 'The set-up code is wrong. It was printed when Dialtone started.', [
      { field: 'code', code: 'setup-code-wrong', message: 'The set-up code is wrong' },
    ]);
  }
}

const alreadyDone = () => problem(409, 'setup-done', 'Dialtone is set up already. Log in.');
