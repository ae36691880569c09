import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { z } from 'zod';
import { AlarmsService } from '../alarms/alarms.service.ts';
import { AuditService } from '../audit/audit.service.ts';
import { AdminsService } from '../auth/admins.service.ts';
import { adminLogin } from '../auth/auth.schema.ts';
import { isPasswordHash } from '../auth/passwords.ts';
import { type BackupPlan, DEFAULT_PLAN, type PlanInput, planInput } from '../backup/plan/backup-plan.ts';
import { PASSPHRASE_MIN, PlanService } from '../backup/plan/plan.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { UNATTENDED_FAULTS_FILE, UNATTENDED_FILE, unattendedServer } from '../host/contract/index.ts';
import { emailField, languageField, lineText, ProblemError } from '../http/index.ts';
import { Environment } from '../settings/environment.ts';
import { settingsSchema } from '../settings/settings.schema.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { SetupStepsService } from './setup-steps.service.ts';

const defaultPlan = { schedule: DEFAULT_PLAN.schedule, keep: DEFAULT_PLAN.keep, place: { kind: 'here' } } satisfies Partial<BackupPlan>;

/** What the agent handed on, checked as strictly as the pages check a person. */
const wanted = unattendedServer.extend({
  domain: settingsSchema.shape.sipDomain.optional(),
  currency: settingsSchema.shape.currency.optional(),
  timeZone: settingsSchema.shape.timeZone.optional(),
  operatorName: settingsSchema.shape.operatorName.optional(),
  language: languageField.optional(),
  adminNetworks: settingsSchema.shape.adminNetworks.optional(),
  admin: z
    .strictObject({
      login: adminLogin.default('admin'),
      name: lineText(120),
      email: emailField,
      passwordHash: z.string().refine(isPasswordHash, { error: 'must be an argon2id hash ($argon2id$...), never a clear password' }),
    })
    .optional(),
  backup: z
    .record(z.string(), z.unknown())
    .transform(({ passphrase, ...plan }, context) => {
      const secret = z.string().min(PASSPHRASE_MIN).max(1000).optional().safeParse(passphrase);
      const read = planInput.safeParse({ ...defaultPlan, ...plan });
      // Told by its place only: the values may hold secrets.
      if (!secret.success) context.addIssue({ code: 'custom', path: ['passphrase'], message: `at least ${PASSPHRASE_MIN} signs` });
      for (const issue of read.error?.issues ?? []) context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
      return secret.success && read.success ? { plan: read.data, passphrase: secret.data } : z.NEVER;
    })
    .optional(),
});
type Wanted = z.infer<typeof wanted>;

/**
 * The set-up nobody sits at: what the host agent found on the stick and left in the data folder is applied once, before the first page,
 * and only while there is no administrator. All of it or nothing.
 */
@Injectable()
export class UnattendedSetup implements OnApplicationBootstrap {
  readonly #log = new Logger('Setup');
  readonly #admins: AdminsService;
  readonly #settings: SettingsService;
  readonly #steps: SetupStepsService;
  readonly #plan: PlanService;
  readonly #alarms: AlarmsService;
  readonly #audit: AuditService;
  readonly #uow: UnitOfWork;
  readonly #file: string;
  readonly #faultsFile: string;

  constructor(
    admins: AdminsService,
    settings: SettingsService,
    steps: SetupStepsService,
    plan: PlanService,
    alarms: AlarmsService,
    audit: AuditService,
    uow: UnitOfWork,
    environment: Environment,
  ) {
    this.#admins = admins;
    this.#settings = settings;
    this.#steps = steps;
    this.#plan = plan;
    this.#alarms = alarms;
    this.#audit = audit;
    this.#uow = uow;
    this.#file = join(environment.dataDir, UNATTENDED_FILE);
    this.#faultsFile = join(environment.dataDir, UNATTENDED_FAULTS_FILE);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.#admins.setupNeeded) await this.#forget();
    else if (existsSync(this.#file)) await this.#use();
  }

  /** With an administrator there is nothing left to do: neither the file nor its faults say anything any more. */
  async #forget(): Promise<void> {
    await rm(this.#file, { force: true });
    await rm(this.#faultsFile, { force: true });
    this.#alarms.clear('unattended-faults');
  }

  async #use(): Promise<void> {
    const faults = await this.#apply();
    if (faults.length === 0) {
      await this.#forget();
      this.#log.log('The unattended set-up was applied');
      return;
    }
    // The file stays: corrected, it is used at the next start. Until then there is the set-up code.
    for (const fault of faults) this.#log.error(`Unattended set-up: ${fault}`);
    await writeFile(this.#faultsFile, `${faults.join('\n')}\n`, { mode: 0o600 });
    this.#alarms.raise('unattended-faults', { faults: faults.join('; ') });
  }

  /** @returns every fault, in words; none: it is done */
  async #apply(): Promise<string[]> {
    let read: unknown;
    try {
      read = JSON.parse(await readFile(this.#file, 'utf8'));
    } catch {
      return [`${UNATTENDED_FILE} cannot be read, or is no JSON`];
    }
    const parsed = wanted.safeParse(read);
    if (!parsed.success)
      return parsed.error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message));
    try {
      await this.#write(parsed.data);
      return [];
    } catch (error) {
      return [error instanceof ProblemError ? error.message : String(error)];
    }
  }

  /** One transaction. The plan of backups is a file: it comes last, so that its fault takes the rest back. */
  async #write({ domain, currency, timeZone, operatorName, language, adminNetworks, admin, backup }: Wanted): Promise<void> {
    await this.#uow.write(async (m) => {
      const changes = {
        ...(domain !== undefined && { sipDomain: domain }),
        ...(currency !== undefined && { currency }),
        ...(timeZone !== undefined && { timeZone }),
        ...(operatorName !== undefined && { operatorName }),
        ...(language !== undefined && { defaultLanguage: language }),
        ...(adminNetworks !== undefined && { adminNetworks }),
      };
      await this.#settings.patch(changes, 'system');
      const taken = { domain, currency, timeZone };
      for (const step of ['domain', 'currency', 'timeZone'] as const) if (taken[step] !== undefined) await this.#steps.say(step, 'done');
      // The same file gave the agent the network.
      await this.#steps.say('network', 'done');
      if (admin) await this.#admins.insert(m, { ...admin, language: language ?? this.#settings.current.defaultLanguage }, 'system');
      await this.#audit.record('system', 'setup.unattended', 'settings', null, undefined, { ...changes, admin: admin?.login ?? null });
      if (backup) await this.#setBackup(backup);
    });
  }

  async #setBackup({ plan, passphrase }: { plan: PlanInput; passphrase: string | undefined }): Promise<void> {
    await this.#plan.change(plan, 'system');
    if (passphrase !== undefined) await this.#plan.setPassphrase(passphrase, 'system');
  }
}
