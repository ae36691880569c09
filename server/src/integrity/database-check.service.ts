import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { AlarmsService } from '../alarms/alarms.service.ts';
import { integrityFault } from '../backup/sqlite-file.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { Environment } from '../settings/environment.ts';

export const DATABASE_CHECK_JOB = 'database-check';

/** After a start phones register all at once: that comes first. */
const AFTER_START_MS = 60_000;
/** Says nothing of what is in the file. */
const NOT_READ = /^SQLITE_(BUSY|LOCKED|CANTOPEN|NOMEM|PERM)/;

/**
 * Reads the database from end to end, a while after each start and once a week, on a connection of its own (M-11). Damage that nobody meets for months
 * goes into every backup of these months.
 */
@Injectable()
export class DatabaseCheckService implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Database');
  readonly #jobs: JobsService;
  readonly #alarms: AlarmsService;
  readonly #uow: UnitOfWork;
  readonly #environment: Environment;
  #timer: NodeJS.Timeout | undefined;

  constructor(jobs: JobsService, alarms: AlarmsService, uow: UnitOfWork, environment: Environment) {
    this.#jobs = jobs;
    this.#alarms = alarms;
    this.#uow = uow;
    this.#environment = environment;
  }

  onModuleInit(): void {
    if (this.#uow.dialect === 'sqlite') this.#jobs.register({ name: DATABASE_CHECK_JOB, schedule: '50 4 * * 0', run: () => this.check() });
  }

  onApplicationBootstrap(): void {
    if (this.#uow.dialect !== 'sqlite') return;
    const look = () => {
      this.#jobs.runAndWait(DATABASE_CHECK_JOB, 'system').catch((error: unknown) => this.#log.error(`The check did not run: ${error}`));
    };
    this.#timer = setTimeout(look, AFTER_START_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.#timer);
  }

  /** The job. @throws Error when the file could not be read for another reason than damage; what was known stays */
  async check(): Promise<JobOutcome> {
    const fault = await integrityFault(this.#environment.databaseFile);
    if (fault !== undefined && NOT_READ.test(fault)) throw new Error(`The database could not be read to its end: ${fault}`);
    if (fault === undefined) {
      this.#alarms.clear('database-damaged');
      return { result: 'ok', message: 'The database is whole, to its last page.' };
    }
    this.#log.error(`The database is damaged: ${fault}`);
    this.#alarms.raise('database-damaged', { fault: fault.slice(0, 200) });
    return { result: 'warning', message: `The database is damaged: ${fault}` };
  }
}
