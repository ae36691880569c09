import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.ts';
import { sameToken } from '../../auth/tokens.ts';
import { fieldProblem, type Principal, problem } from '../../http/index.ts';
import { JobsService } from '../../jobs/jobs.service.ts';
import { ARCHIVE_JOB, ArchivesService } from '../archives.service.ts';
import { Places, type PlaceTest } from '../places/places.ts';
import { type BackupPlan, completed, type Place, type PlaceInput, type PlanInput, type PlanView, viewOfPlace } from './backup-plan.ts';
import { PlanStore, type StoredPassphrase } from './plan-store.ts';
import { asPassphrase, newRecoveryKey } from './recovery-key.ts';

const KEY_WAITS_MS = 30 * 60_000;
export const PASSPHRASE_MIN = 12;

/** When, where and with which passphrase archives are made. */
@Injectable()
export class PlanService {
  readonly #store: PlanStore;
  readonly #archives: ArchivesService;
  readonly #places: Places;
  readonly #jobs: JobsService;
  readonly #audit: AuditService;
  /** A recovery key that was shown and is not confirmed yet. */
  #shown: { id: string; key: string; at: number } | undefined;

  constructor(store: PlanStore, archives: ArchivesService, places: Places, jobs: JobsService, audit: AuditService) {
    this.#store = store;
    this.#archives = archives;
    this.#places = places;
    this.#jobs = jobs;
    this.#audit = audit;
  }

  async view(): Promise<PlanView> {
    const plan = await this.#store.plan();
    const secret = await this.#store.passphrase();
    return {
      schedule: plan.schedule,
      keep: plan.keep,
      place: viewOfPlace(plan.place),
      passphrase: secret ? { kind: secret.kind, since: secret.since } : null,
      kinds: this.#places.kinds,
      running: this.#jobs.list().some(({ name, running }) => name === ARCHIVE_JOB && running),
      progress: this.#archives.progress,
    };
  }

  /** @throws problem 400 */
  async change(input: PlanInput, actor: Principal | 'system'): Promise<PlanView> {
    const before = await this.#store.plan();
    const plan: BackupPlan = { schedule: input.schedule, keep: input.keep, place: this.#checked(input.place, before.place) };
    await this.#store.savePlan(plan);
    await this.#archives.replan();
    const shown = (p: BackupPlan) => ({ ...p, place: viewOfPlace(p.place) });
    await this.#audit.record(actor, 'backup.plan', 'backup', null, shown(before), shown(plan));
    return this.view();
  }

  /** Tries a place as it stands in the form. @throws PlaceError, problem 400 */
  async test(input: PlaceInput): Promise<PlaceTest> {
    return this.#places.test(await this.place(input));
  }

  /** A place of a form, with the secrets that are stored. @throws problem 400 */
  async place(input: PlaceInput): Promise<Place> {
    return this.#checked(input, (await this.#store.plan()).place);
  }

  /** The place named in a list: this machine, or the one of the plan. */
  async listed(where: 'here' | 'place'): Promise<Place> {
    return where === 'here' ? { kind: 'here' } : (await this.#store.plan()).place;
  }

  async setPassphrase(passphrase: string, actor: Principal | 'system'): Promise<PlanView> {
    return this.#keep({ passphrase, kind: 'typed', since: new Date().toISOString() }, actor);
  }

  /** A key to write down. It counts when four of its signs were typed again. */
  showRecoveryKey(): { id: string; key: string; group: number } {
    const key = newRecoveryKey();
    this.#shown = { id: randomUUID(), key, at: Date.now() };
    return { id: this.#shown.id, key, group: GROUP_ASKED };
  }

  /** @throws problem 409 `key-gone`, 400 when the signs are wrong */
  async confirmRecoveryKey(id: string, typed: string, actor: Principal): Promise<PlanView> {
    const shown = this.#shown;
    if (!shown || shown.id !== id || Date.now() - shown.at > KEY_WAITS_MS) {
      throw problem(409, 'key-gone', 'This key is not waiting for a confirmation any more. Make a new one.');
    }
    const wanted = shown.key.split('-')[GROUP_ASKED - 1] ?? '';
    if (!sameToken(typed.toUpperCase().replace(/[\s-]/g, ''), wanted)) {
      throw fieldProblem('typed', 'wrong', `These are not the four signs of group ${GROUP_ASKED}. Look at what you wrote down.`);
    }
    this.#shown = undefined;
    return this.#keep({ passphrase: asPassphrase(shown.key), kind: 'recovery-key', since: new Date().toISOString() }, actor);
  }

  async #keep(value: StoredPassphrase, actor: Principal | 'system'): Promise<PlanView> {
    await this.#store.savePassphrase(value);
    await this.#archives.replan();
    await this.#audit.record(actor, 'backup.passphrase', 'backup', null, undefined, { kind: value.kind });
    return this.view();
  }

  #checked(input: PlaceInput, stored: Place): Place {
    if (!this.#places.kinds.includes(input.kind)) throw fieldProblem('place.kind', 'invalid', 'This machine has no such place');
    const place = completed(input, stored);
    if (place.kind !== 'sftp') return place;
    if (place.auth === 'password' && place.password === '') throw fieldProblem('place.password', 'required', 'The password is missing');
    if (place.auth === 'key' && place.privateKey === '') throw fieldProblem('place.privateKey', 'required', 'The private key is missing');
    return place;
  }
}

/** Which group of the recovery key is typed again, counted from 1. */
const GROUP_ASKED = 4;
