import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { type Principal, type ProblemError, problem, RateLimiter, timeOrNull, tooMany } from '../http/index.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { AdminEntity } from './admin.entity.ts';
import { hashRecoveryCode, newRecoveryCode, RECOVERY_CODES } from './recovery-code.ts';
import { RecoveryCodeEntity, SecondFactorEntity } from './second-factor.entity.ts';
import type { SecondFactor, SecondFactorEnrolment } from './second-factor.schema.ts';
import { SessionEntity } from './session.entity.ts';
import { enrolmentUri, newSecret, stepOfCode } from './totp.ts';

const MINUTE = 60_000;
/** So long an enrolment that was begun waits for its first code. */
const ENROLMENT_MS = 15 * MINUTE;

const CODE_WRONG = 'The code is wrong or has been used. Wait for the next one.';

/** @param status 401 at the login, 403 for whoever is logged in */
export const codeWrong = (status: 401 | 403): ProblemError =>
  problem(status, 'second-factor-wrong', CODE_WRONG, [{ field: 'code', code: 'second-factor-wrong', message: CODE_WRONG }]);

const isOn = (admin: AdminEntity): boolean => admin.secondFactorSince !== null;

/** Codes of an authenticator app beside the password of an administrator (RFC 6238), and recovery codes for the day the phone is lost. */
@Injectable()
export class SecondFactorsService {
  readonly #reader: DataSource;
  readonly #uow: UnitOfWork;
  readonly #audit: AuditService;
  readonly #settings: SettingsService;
  readonly #guesses = new RateLimiter({ limit: 10, windowMs: 15 * MINUTE });

  constructor(reader: DataSource, uow: UnitOfWork, audit: AuditService, settings: SettingsService) {
    this.#reader = reader;
    this.#uow = uow;
    this.#audit = audit;
    this.#settings = settings;
  }

  async of(admin: AdminEntity): Promise<SecondFactor> {
    const left = await this.#reader.getRepository(RecoveryCodeEntity).countBy({ adminId: admin.id, usedAt: IsNull() });
    return { on: isOn(admin), since: timeOrNull(admin.secondFactorSince), recoveryCodesLeft: left };
  }

  /**
   * A new secret for the owner's app. It counts only after enable(); until then each begin() replaces the one before.
   * @throws ProblemError 409 `second-factor-on`
   */
  async begin(admin: AdminEntity): Promise<SecondFactorEnrolment> {
    const secret = newSecret();
    await this.#uow.write(async (m) => {
      // Read again inside the write: a secret that counts is never replaced.
      if (await m.existsBy(AdminEntity, { id: admin.id, secondFactorSince: IsNull() }))
        await m.save(m.create(SecondFactorEntity, { adminId: admin.id, secret, startedAt: Date.now(), lastStep: null }));
      else throw problem(409, 'second-factor-on', 'There is a second factor already. Switch it off first.');
    });
    return { secret, uri: enrolmentUri(secret, this.#settings.current.operatorName, admin.login) };
  }

  /**
   * The first code proves that the app has the secret. Ends every session of the administrator.
   * @returns the recovery codes, which are shown this once; undefined when the code is wrong
   * @throws ProblemError 409 `second-factor-on`, `second-factor-not-begun`; 429
   */
  async enable(admin: AdminEntity, code: string, actor: Principal): Promise<string[] | undefined> {
    if (isOn(admin)) throw problem(409, 'second-factor-on', 'There is a second factor already. Switch it off first.');
    const begun = await this.#reader.getRepository(SecondFactorEntity).findOneBy({ adminId: admin.id });
    const notBegun = problem(409, 'second-factor-not-begun', 'This was begun too long ago. Begin again.');
    if (!begun || begun.startedAt + ENROLMENT_MS <= Date.now()) throw notBegun;
    return this.#guess(admin, async () => {
      const step = stepOfCode(begun.secret, code.replace(/\s/g, ''), Date.now());
      if (step === undefined) return undefined;
      return this.#uow.write(async (m) => {
        const now = Date.now();
        // Of two requests at once, and of two secrets begun at once, one counts.
        const taken = await m.update(
          SecondFactorEntity,
          { adminId: admin.id, secret: begun.secret, lastStep: IsNull() },
          { lastStep: step },
        );
        if (!taken.affected) throw notBegun;
        await m.update(AdminEntity, { id: admin.id }, { secondFactorSince: now });
        await m.delete(SessionEntity, { adminId: admin.id });
        const codes = await this.#newCodes(m, admin.id);
        await this.#audit.record(actor, 'admin.second-factor-on', 'admin', admin.id);
        return codes;
      });
    });
  }

  /** Ends every session of the administrator. @throws ProblemError 409 `second-factor-off` */
  async disable(admin: AdminEntity, actor: Principal): Promise<void> {
    await this.#uow.write(async (m) => {
      const was = await m.findOneBy(AdminEntity, { id: admin.id });
      if (!was || !isOn(was)) throw problem(409, 'second-factor-off', 'There is no second factor.');
      await m.update(AdminEntity, { id: admin.id }, { secondFactorSince: null });
      await m.delete(SecondFactorEntity, { adminId: admin.id });
      await m.delete(RecoveryCodeEntity, { adminId: admin.id });
      await m.delete(SessionEntity, { adminId: admin.id });
      await this.#audit.record(actor, 'admin.second-factor-off', 'admin', admin.id);
    });
  }

  /** New recovery codes; those of before no longer work. @throws ProblemError 409 `second-factor-off` */
  async renewCodes(admin: AdminEntity, actor: Principal): Promise<string[]> {
    return this.#uow.write(async (m) => {
      const was = await m.findOneBy(AdminEntity, { id: admin.id });
      if (!was || !isOn(was)) throw problem(409, 'second-factor-off', 'There is no second factor.');
      const codes = await this.#newCodes(m, admin.id);
      await this.#audit.record(actor, 'admin.recovery-codes', 'admin', admin.id);
      return codes;
    });
  }

  /**
   * Whether this is his present code, or a recovery code of his that was never used. Either is used up by it.
   * @throws ProblemError 429 after ten wrong ones, whatever was right meanwhile but a code
   */
  async accepts(admin: AdminEntity, code: string): Promise<boolean> {
    const right = await this.#guess(admin, async () => {
      const recovery = hashRecoveryCode(code);
      const accepted =
        recovery === undefined ? await this.#acceptsCode(admin, code.replace(/\s/g, '')) : await this.#acceptsRecovery(admin, recovery);
      return accepted || undefined;
    });
    return right === true;
  }

  async #acceptsCode(admin: AdminEntity, code: string): Promise<boolean> {
    const factor = await this.#reader.getRepository(SecondFactorEntity).findOneBy({ adminId: admin.id });
    const step = factor ? stepOfCode(factor.secret, code, Date.now()) : undefined;
    if (!factor || step === undefined) return false;
    // RFC 6238 section 5.2: a code that was taken once is not taken again. The update decides between two that come at once.
    const newer = await this.#uow.write((m) =>
      m.update(SecondFactorEntity, { adminId: admin.id, secret: factor.secret, lastStep: LessThan(step) }, { lastStep: step }),
    );
    return newer.affected === 1;
  }

  async #acceptsRecovery(admin: AdminEntity, codeHash: string): Promise<boolean> {
    return this.#uow.write(async (m) => {
      const used = await m.update(RecoveryCodeEntity, { adminId: admin.id, codeHash, usedAt: IsNull() }, { usedAt: Date.now() });
      if (!used.affected) return false;
      const left = await m.countBy(RecoveryCodeEntity, { adminId: admin.id, usedAt: IsNull() });
      const actor: Principal = { kind: 'admin', adminId: admin.id, login: admin.login, name: admin.name, sessionId: null };
      await this.#audit.record(actor, 'admin.recovery-code', 'admin', admin.id, undefined, { left });
      return true;
    });
  }

  /** Counted before the check, so that guesses sent at the same time are counted too; forgotten once one is right. */
  async #guess<T>(admin: AdminEntity, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const wait = this.#guesses.take(String(admin.id));
    if (wait > 0) throw tooMany(wait, `Too many failed attempts. Try again in ${Math.ceil(wait / 60)} min.`);
    const result = await check();
    if (result !== undefined) this.#guesses.forget(String(admin.id));
    return result;
  }

  async #newCodes(m: EntityManager, adminId: number): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    await m.delete(RecoveryCodeEntity, { adminId });
    await m.insert(
      RecoveryCodeEntity,
      codes.map((code) => ({ adminId, codeHash: hashRecoveryCode(code) ?? '', usedAt: null })),
    );
    return codes;
  }
}
