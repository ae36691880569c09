import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { DiskSpace, NO_ROOM } from '../disk-space/disk-space.ts';
import { type Principal, problem } from '../http/index.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { Environment } from '../settings/environment.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { type BackupFile, listBackups, makeBackup, pruneBackups } from './backup-files.ts';
import { pruneKeptData } from './kept-data.ts';

/** Copies of the database: each night and on demand. */
@Injectable()
export class BackupService implements OnModuleInit {
  readonly #log = new Logger('Backup');
  readonly #uow: UnitOfWork;
  readonly #environment: Environment;
  readonly #settings: SettingsService;
  readonly #jobs: JobsService;
  readonly #space: DiskSpace;

  constructor(uow: UnitOfWork, environment: Environment, settings: SettingsService, jobs: JobsService, space: DiskSpace) {
    this.#uow = uow;
    this.#environment = environment;
    this.#settings = settings;
    this.#jobs = jobs;
    this.#space = space;
  }

  onModuleInit(): void {
    this.#jobs.register({ name: 'backup', schedule: '40 2 * * *', run: () => this.#backup() });
  }

  list(): Promise<BackupFile[]> {
    return listBackups(this.#environment.backupDir);
  }

  /** Makes a backup now and waits for it. @throws problem 500 `backup-failed` saying why */
  async now(actor: Principal): Promise<BackupFile> {
    const run = await this.#jobs.runAndWait('backup', actor);
    const newest = (await this.list())[0];
    if (run.result !== 'ok' || !newest) throw problem(503, 'backup-failed', run.message);
    return newest;
  }

  async #backup(): Promise<JobOutcome> {
    // First, and on a full disk above all: it makes room.
    const outdated = await pruneKeptData(this.#environment.dataDir);
    if (outdated.length > 0) this.#log.log(`Removed data of before a restore: ${outdated.join(', ')}`);
    if (this.#uow.dialect !== 'sqlite') {
      return { result: 'warning', message: 'The database is PostgreSQL: back it up with its own tools (pg_dump).' };
    }
    if (!this.#space.hasRoom) return { result: 'warning', message: NO_ROOM };
    const file = await makeBackup(this.#environment.databaseFile, this.#environment.backupDir);
    const removed = await pruneBackups(this.#environment.backupDir, this.#settings.current.backupKeep);
    const old = removed.length === 0 ? '' : `; ${removed.length} old one${removed.length === 1 ? '' : 's'} removed`;
    return { result: 'ok', message: `${file.name}, ${Math.ceil(file.bytes / 1000)} kB, checked${old}.` };
  }
}
