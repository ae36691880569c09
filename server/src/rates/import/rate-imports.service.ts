import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.ts';
import { UnitOfWork } from '../../database/unit-of-work.ts';
import { EventsService } from '../../events/events.service.ts';
import { fieldProblem, type Principal, ProblemError, problem } from '../../http/index.ts';
import { Environment } from '../../settings/environment.ts';
import { TariffsService } from '../tariffs.service.ts';
import { commitStaged } from './commit-import.ts';
import { ImportJob, type ImportSettings } from './import-job.ts';
import { ImportReaders } from './import-readers.ts';
import type { Dialect, ImportNews, RateField } from './import-types.ts';
import type { RateImportCommit, RateImportDto, RateImportMapping, RateImportOptions } from './rate-import.schemas.ts';

/** Each has a file on the disk, and while it is read a thread. */
const MAX_OPEN = 5;
const KEPT = 20;
const IDLE_MS = 60 * 60_000;

/** Imports of rate tables: a worker reads and checks, a person looks, one transaction commits. */
@Injectable()
export class RateImportsService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #log = new Logger('RateImports');
  readonly #jobs = new Map<string, ImportJob>();
  readonly #readers = new ImportReaders();
  readonly #commits = new Set<Promise<void>>();
  readonly #folder: string;
  readonly #database: string;
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #tariffs: TariffsService;
  readonly #events: EventsService;
  readonly #audit: AuditService;
  #sweep: NodeJS.Timeout | undefined;

  constructor(
    environment: Environment,
    uow: UnitOfWork,
    reader: DataSource,
    tariffs: TariffsService,
    events: EventsService,
    audit: AuditService,
  ) {
    this.#folder = resolve(environment.dataDir, 'tmp', 'rate-imports');
    this.#database = environment.databaseFile;
    this.#uow = uow;
    this.#reader = reader;
    this.#tariffs = tariffs;
    this.#events = events;
    this.#audit = audit;
  }

  /** What a crash left behind is of no use: nothing of it was committed. */
  async onModuleInit(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    this.#sweep = setInterval(() => void this.#cancelIdle(), IDLE_MS / 12).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#readers.stopAll();
    await Promise.all(this.#commits);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A folder for one upload, named by the id of its import. @throws problem 429 while too many imports are open */
  async newFolder(): Promise<string> {
    const open = [...this.#jobs.values()].filter((job) => !job.finished).length;
    if (open >= MAX_OPEN) throw problem(429, 'too-many-imports', `${open} imports are open. Finish or cancel one of them first.`);
    const folder = resolve(this.#folder, randomUUID());
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /**
   * Starts to read an upload. The folder is ours from here on.
   * @throws problem 404 for a tariff that is not there, 400 for options that do not go together
   */
  async start(folder: string, fileName: string, options: RateImportOptions, actor: Principal): Promise<RateImportDto> {
    try {
      const tariffId = options.tariffId ?? (await this.#tariffs.defaultTariffId(this.#reader.manager));
      await this.#tariffs.get(tariffId);
      const settings = {
        tariffId,
        mode: options.mode,
        effectiveFrom: options.effectiveFrom === null ? 0 : Date.parse(options.effectiveFrom),
      };
      refuseLateReplacement(settings);
      const job = new ImportJob(basename(folder), folder, fileName, settings);
      this.#jobs.set(job.id, job);
      this.#forgetOldest();
      this.#read(job, {}, null, options.commitIfClean ? actor : undefined);
      return job.dto();
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  list(): RateImportDto[] {
    return [...this.#jobs.values()].reverse().map((job) => job.dto());
  }

  /** @throws problem 404 */
  get(id: string): RateImportDto {
    return this.#require(id).dto();
  }

  /** Reads the file again as the person says. @throws problem 404, 409, 400 */
  async remap(id: string, body: RateImportMapping): Promise<RateImportDto> {
    const job = this.#require(id);
    if (!job.may('reading')) throw notNow(job);
    const { columns, separator, decimal, headerRow, effectiveFrom, ...settings } = body;
    const next: ImportSettings = {
      ...job.settings,
      ...settings,
      ...(effectiveFrom !== undefined && { effectiveFrom: effectiveFrom === null ? 0 : Date.parse(effectiveFrom) }),
    };
    refuseLateReplacement(next);
    await this.#tariffs.get(next.tariffId);
    // Another separator makes other columns, and without a heading names say nothing: guess those anew.
    const sameColumns =
      (separator ?? job.dialect.separator) === job.dialect.separator && (headerRow ?? job.dialect.headerRow) === job.dialect.headerRow;
    const fields = columns || (sameColumns && job.columns.length > 0) ? mapped(job, columns ?? [], sameColumns) : null;
    // Without a word of the person the decimal sign is guessed again, for the new columns.
    const known: Partial<Dialect> = sameColumns
      ? job.dialect
      : { ...(body.headerRow === undefined && separator === undefined && { headerRow: job.dialect.headerRow }) };
    if (!job.may('reading')) throw notNow(job);
    await this.#readers.stop(id);
    job.settings = next;
    job.restart();
    this.#read(
      job,
      { ...known, ...(separator && { separator }), ...(decimal && { decimal }), ...(headerRow !== undefined && { headerRow }) },
      fields,
      undefined,
    );
    return job.dto();
  }

  /** @throws problem 404, 409 when it is not ready, or rows are wrong and nobody said to leave them out */
  commit(id: string, body: RateImportCommit, actor: Principal): RateImportDto {
    const job = this.#require(id);
    if (job.state !== 'ready') throw notNow(job);
    const errors = job.counts?.errors ?? 0;
    const wrong = errors === 1 ? 'One row is' : `${errors} rows are`;
    if (errors > 0 && job.settings.mode === 'replace')
      throw problem(409, 'rows-rejected', `${wrong} wrong. A replacement would delete their rates: mend the file first.`);
    if (errors > 0 && !body.skipRejected)
      throw problem(409, 'rows-rejected', `${wrong} wrong. Mend the file, or commit the good rows only (skipRejected).`);
    this.#commit(job, actor);
    return job.dto();
  }

  /** Cancels an open import, forgets one that is over. @throws problem 404, 409 while it commits */
  async cancel(id: string): Promise<void> {
    const job = this.#require(id);
    if (job.over) {
      this.#jobs.delete(id);
    } else {
      if (!job.may('cancelled')) throw notNow(job);
      job.enter('cancelled');
      await this.#readers.stop(id);
      this.#publish(job);
    }
    await rm(job.folder, { recursive: true, force: true });
  }

  /** @throws problem 404 when there is no such import or no rejected row */
  rejectedFile(id: string): string {
    const job = this.#require(id);
    const file = job.file('rejected.csv');
    if ((job.counts?.errors ?? 0) === 0 || !existsSync(file)) throw problem(404, 'not-found', 'No row of this import was rejected.');
    return file;
  }

  #require(id: string): ImportJob {
    const job = this.#jobs.get(id);
    if (!job) throw problem(404, 'not-found', 'There is no such import.');
    job.touchedAt = Date.now();
    return job;
  }

  /** @param commitAs who asked to commit without a look when no row is wrong */
  #read(job: ImportJob, dialect: Partial<Dialect>, fields: readonly (RateField | null)[] | null, commitAs: Principal | undefined): void {
    this.#readers.start(job.id, job.task(this.#database, dialect, fields), {
      onNews: (news) => this.#hear(job, news, commitAs),
      onFault: (error) => {
        this.#log.error(`Reading ${job.fileName} failed: ${error instanceof Error ? error.stack : String(error)}`);
        job.fail('internal', 'The file could not be read; the fault is in the log of the server.');
        this.#publish(job);
      },
    });
    this.#publish(job);
  }

  #hear(job: ImportJob, news: ImportNews, commitAs: Principal | undefined): void {
    if (news.kind === 'guess') {
      job.dialect = news.dialect;
      job.columns = news.columns;
      job.enter(news.complete ? 'checking' : 'mapping');
    } else if (news.kind === 'progress') job.progress = news.share;
    else if (news.kind === 'unreadable') job.fail(news.code, news.message);
    else {
      job.progress = 1;
      job.counts = news.counts;
      job.errors = news.errors;
      job.warnings = news.warnings;
      job.enter('ready');
    }
    if (job.state === 'ready' && commitAs && job.counts?.errors === 0) this.#commit(job, commitAs);
    else this.#publish(job);
  }

  #commit(job: ImportJob, actor: Principal): void {
    job.enter('committing');
    this.#publish(job);
    const running = this.#write(job, actor)
      .catch((error: unknown) => {
        if (error instanceof ProblemError) return job.fail(error.code, error.message);
        this.#log.error(`Committing ${job.fileName} failed: ${error instanceof Error ? error.stack : String(error)}`);
        job.fail('internal', 'Nothing was changed; the fault is in the log of the server.');
      })
      .finally(() => {
        this.#commits.delete(running);
        this.#publish(job);
      });
    this.#commits.add(running);
  }

  async #write(job: ImportJob, actor: Principal): Promise<void> {
    const counts = job.counts;
    if (!counts) throw new Error('nothing was checked');
    const { tariffId, mode, effectiveFrom } = job.settings;
    const result = await commitStaged(
      this.#uow,
      job.task(this.#database, {}, null),
      job.columns.map((column) => column.field),
      {
        before: (m) => this.#tariffs.requireTariff(m, tariffId),
        after: (_, { create, update, delete: removed }) =>
          this.#audit.record(actor, 'rate.import', 'tariff', tariffId, undefined, {
            fileName: job.fileName,
            mode,
            effectiveFrom: effectiveFrom === 0 ? null : effectiveFrom,
            create,
            update,
            delete: removed,
            rejected: counts.errors,
          }),
      },
    );
    // The tariff may have been edited since the preview: what was done counts.
    job.counts = { ...counts, ...result, skip: counts.rows - counts.errors - result.create - result.update };
    await this.#tariffs.reload(tariffId).catch((error: unknown) => {
      this.#log.error(`Loading tariff ${tariffId} failed: ${error instanceof Error ? error.stack : String(error)}`);
      throw problem(500, 'not-loaded', 'The rates are stored, but could not be loaded into memory: restart the server.');
    });
    if (counts.errors === 0) await rm(job.folder, { recursive: true, force: true });
    await rm(job.file('upload.csv'), { force: true });
    await rm(job.file('staged.sqlite'), { force: true });
    job.enter('done');
  }

  #publish(job: ImportJob): void {
    this.#events.publish('import.progress', { id: job.id, state: job.state, progress: job.progress });
  }

  #forgetOldest(): void {
    const finished = [...this.#jobs.values()].filter((job) => job.finished);
    for (const job of finished.slice(0, Math.max(0, finished.length - KEPT))) {
      this.#jobs.delete(job.id);
      void rm(job.folder, { recursive: true, force: true });
    }
  }

  async #cancelIdle(): Promise<void> {
    const since = Date.now() - IDLE_MS;
    for (const job of this.#jobs.values()) if (job.touchedAt < since && job.may('cancelled')) await this.cancel(job.id);
  }
}

const notNow = (job: ImportJob) => problem(409, 'wrong-state', `This import is ${job.state}: that cannot be done now.`);

/** A replacement takes every other rate away at once: with prices that hold only later, nobody could call until then. */
function refuseLateReplacement({ mode, effectiveFrom }: ImportSettings): void {
  if (mode === 'replace' && effectiveFrom > Date.now())
    throw fieldProblem('effectiveFrom', 'replace-is-at-once', 'A replacement takes effect at once. Leave the time empty, or merge');
}

/** The field of every column: as set now, else as it was. @throws problem 400 when a field is given twice */
function mapped(job: ImportJob, set: readonly { index: number; field: RateField | null }[], keep: boolean): (RateField | null)[] {
  const fields: (RateField | null)[] = keep ? job.columns.map((column) => column.field) : [];
  for (const { index, field } of set) {
    while (fields.length <= index) fields.push(null);
    fields[index] = field;
  }
  const used = fields.filter((field) => field !== null);
  const twice = used.find((field, index) => used.indexOf(field) !== index);
  if (twice) throw fieldProblem('columns', 'field-twice', `Only one column can be the ${twice}`);
  return fields;
}
