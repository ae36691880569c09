import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.ts';
import { AdminsService } from '../auth/admins.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { EventsService } from '../events/events.service.ts';
import { type Principal, problem } from '../http/index.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { MailService } from '../mail/mail.service.ts';
import { Environment } from '../settings/environment.ts';
import { type ArchiveFile, archivesAmong, readArchiveName } from './archive/archive-name.ts';
import { ArchiveMaker, NO_PASSPHRASE, ON_POSTGRES, type Progress, type Watcher } from './archive-maker.ts';
import { Places } from './places/places.ts';
import { cronOf, HERE, keyOfPlace, type Place } from './plan/backup-plan.ts';
import { PlanStore } from './plan/plan-store.ts';

export const ARCHIVE_JOB = 'backup-archive';
export const CHECK_JOB = 'backup-check';

const MAIL_PAUSE_MS = 6 * 3_600_000;

export interface Archive extends ArchiveFile {
  readonly version: string | null;
  /** Epoch milliseconds. */
  readonly verifiedAt: number | null;
  readonly fault: string | null;
}

/** Encrypted archives of everything: made by the plan or on demand, listed, handed out and removed. */
@Injectable()
export class ArchivesService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #maker: ArchiveMaker;
  readonly #environment: Environment;
  readonly #uow: UnitOfWork;
  readonly #jobs: JobsService;
  readonly #store: PlanStore;
  readonly #places: Places;
  readonly #events: EventsService;
  readonly #mail: MailService;
  readonly #admins: AdminsService;
  readonly #audit: AuditService;
  readonly #stop = new AbortController();
  readonly #watcher: Watcher = {
    signal: this.#stop.signal,
    tell: (progress) => {
      this.#progress = progress;
      this.#events.publish('backup.progress', { name: ARCHIVE_JOB, progress });
    },
  };
  #progress: Progress | null = null;
  #mailedAt = 0;

  constructor(
    maker: ArchiveMaker,
    environment: Environment,
    uow: UnitOfWork,
    jobs: JobsService,
    store: PlanStore,
    places: Places,
    events: EventsService,
    mail: MailService,
    admins: AdminsService,
    audit: AuditService,
  ) {
    this.#maker = maker;
    this.#environment = environment;
    this.#uow = uow;
    this.#jobs = jobs;
    this.#store = store;
    this.#places = places;
    this.#events = events;
    this.#mail = mail;
    this.#admins = admins;
    this.#audit = audit;
  }

  async onModuleInit(): Promise<void> {
    await this.#clearLeftovers();
    this.#jobs.register({ name: ARCHIVE_JOB, schedule: '', run: () => this.#mailed(() => this.#maker.make(this.#watcher)) });
    this.#jobs.register({ name: CHECK_JOB, schedule: '20 4 * * 0', run: () => this.#mailed(() => this.#maker.check(this.#watcher)) });
    await this.replan();
  }

  /** A worker under way is ended where it stands: nothing of it has its final name. */
  beforeApplicationShutdown(): void {
    this.#stop.abort();
  }

  get progress(): Progress | null {
    return this.#progress;
  }

  /** Is there a passphrase, and an archive that was decrypted to its end? */
  async ready(): Promise<boolean> {
    if ((await this.#store.passphrase()) === undefined) return false;
    const places = [HERE, (await this.#store.plan()).place];
    const marks = await Promise.all(places.map((place) => this.#store.marks(keyOfPlace(place))));
    return marks.some((known) => [...known.values()].some(({ verifiedAt }) => verifiedAt !== null));
  }

  /** To be called when the plan or the passphrase changed. Without a passphrase nothing runs by itself. */
  async replan(): Promise<void> {
    const plan = await this.#store.plan();
    this.#jobs.reschedule(ARCHIVE_JOB, (await this.#store.passphrase()) ? cronOf(plan) : '');
  }

  /** Starts to make an archive and does not wait for it. @throws problem 409 `no-passphrase`, `job-running`, `not-sqlite` */
  async start(actor: Principal): Promise<void> {
    if (this.#uow.dialect !== 'sqlite') throw problem(409, 'not-sqlite', ON_POSTGRES);
    if (!(await this.#store.passphrase())) throw problem(409, 'no-passphrase', NO_PASSPHRASE);
    await this.#jobs.start(ARCHIVE_JOB, actor);
  }

  /** @throws PlaceError */
  async list(place: Place): Promise<Archive[]> {
    const files = archivesAmong(await this.#places.use(place, (open) => open.list()));
    const marks = await this.#store.marks(keyOfPlace(place));
    return files.map((file) => {
      const mark = marks.get(file.name);
      // Another file under the same name was not checked.
      const known = mark?.bytes === file.bytes ? mark : undefined;
      return { ...file, version: known?.version ?? null, verifiedAt: known?.verifiedAt ?? null, fault: known?.fault ?? null };
    });
  }

  /** Opens an archive for a download; whoever takes the stream closes the place by ending it. @throws PlaceError */
  async download(place: Place, name: string, actor: Principal): Promise<{ stream: Readable; bytes: number | undefined }> {
    requireArchive(name);
    const open = await this.#places.open(place);
    try {
      const bytes = (await open.list()).find((file) => file.name === name)?.bytes;
      const stream = await open.read(name);
      stream.once('close', () => void open.close().catch(() => undefined));
      await this.#audit.record(actor, 'backup.download', 'backup', name);
      return { stream, bytes };
    } catch (error) {
      await open.close();
      throw error;
    }
  }

  /** @throws PlaceError */
  async remove(place: Place, name: string, actor: Principal): Promise<void> {
    requireArchive(name);
    await this.#places.use(place, (open) => open.remove(name));
    await this.#store.mark(keyOfPlace(place), name, undefined);
    await this.#audit.record(actor, 'backup.delete', 'backup', name);
  }

  /** A failed run is told to the administrators by mail, not oftener than every few hours. */
  async #mailed(work: () => Promise<JobOutcome>): Promise<JobOutcome> {
    try {
      return await work();
    } catch (error) {
      if (!this.#stop.signal.aborted && Date.now() - this.#mailedAt > MAIL_PAUSE_MS) {
        this.#mailedAt = Date.now();
        await this.#tellAdmins(error instanceof Error ? error.message : String(error)).catch(() => undefined);
      }
      throw error;
    }
  }

  async #tellAdmins(message: string): Promise<void> {
    for (const { email, language, name } of await this.#admins.list()) {
      if (email) await this.#mail.enqueue({ to: email, template: 'backup-failed', language, values: { name, message } });
    }
  }

  /** What a power cut left behind. */
  async #clearLeftovers(): Promise<void> {
    const folder = this.#environment.backupDir;
    for (const name of await readdir(folder).catch(() => [])) {
      const of = /^(.+\.age)\.(?:part|database|database-journal)$/.exec(name)?.[1];
      if (of !== undefined && readArchiveName(of)) await rm(join(folder, name), { force: true });
    }
  }
}

/** @throws problem 404: no other file is ever handed out or removed */
function requireArchive(name: string): void {
  if (!readArchiveName(name)) throw problem(404, 'not-found', 'There is no such backup.');
}
