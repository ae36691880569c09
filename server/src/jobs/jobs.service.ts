import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import cron, { type ScheduledTask } from 'node-cron';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { EventsService } from '../events/events.service.ts';
import { actorName, type Principal, problem } from '../http/index.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { watchClockSteps } from './clock-steps.ts';
import type { Job, JobOutcome } from './job.ts';
import { JobRunEntity } from './job-run.entity.ts';

export interface JobState {
  readonly name: string;
  readonly schedule: string;
  readonly running: boolean;
  readonly lastRun: JobRunEntity | null;
  /** Epoch milliseconds; null while the scheduler is stopped. */
  readonly nextRunAt: number | null;
}

interface Entry {
  readonly job: Job;
  schedule: string;
  task: ScheduledTask | undefined;
  running: Promise<JobRunEntity> | undefined;
  lastRun: JobRunEntity | null;
}

/** Runs of one job that stay in the table. */
const keptRuns = 100;

/**
 * The clockwork. Features register their jobs in `onModuleInit`; from the start of the application they run by their schedule, never twice
 * at the same time, and each run leaves a row that says how it went.
 */
@Injectable()
export class JobsService implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Jobs');
  readonly #entries = new Map<string, Entry>();
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #settings: SettingsService;
  readonly #events: EventsService;
  readonly #audit: AuditService;
  #lastRuns = new Map<string, JobRunEntity>();
  #started = false;
  #stopListening: () => void = () => undefined;

  constructor(uow: UnitOfWork, reader: DataSource, settings: SettingsService, events: EventsService, audit: AuditService) {
    this.#uow = uow;
    this.#reader = reader;
    this.#settings = settings;
    this.#events = events;
    this.#audit = audit;
  }

  async onModuleInit(): Promise<void> {
    const newest = this.#reader.createQueryBuilder().select('MAX(x."id")').from('job_runs', 'x').groupBy('x."job"');
    const rows = await this.#reader.createQueryBuilder(JobRunEntity, 'r').where(`r.id IN (${newest.getQuery()})`).getMany();
    this.#lastRuns = new Map(rows.map((row) => [row.job, row]));
    for (const entry of this.#entries.values()) entry.lastRun ??= this.#lastRuns.get(entry.job.name) ?? null;
  }

  /** @throws Error when the name is used twice or the schedule is no cron expression */
  register(job: Job): void {
    if (this.#entries.has(job.name)) throw new Error(`two jobs are called ${job.name}`);
    requireCron(job.name, job.schedule);
    const entry: Entry = {
      job,
      schedule: job.schedule,
      task: undefined,
      running: undefined,
      lastRun: this.#lastRuns.get(job.name) ?? null,
    };
    this.#entries.set(job.name, entry);
    if (this.#started) this.#schedule(entry);
  }

  /** Another time for a job that people may plan. @param schedule as in Job */
  reschedule(name: string, schedule: string): void {
    const entry = this.#entry(name);
    requireCron(name, schedule);
    if (entry.schedule === schedule) return;
    entry.schedule = schedule;
    if (this.#started) this.#schedule(entry);
    this.#announce(entry);
  }

  onApplicationBootstrap(): void {
    this.#started = true;
    const scheduleAll = () => {
      for (const entry of this.#entries.values()) this.#schedule(entry);
    };
    scheduleAll();
    const stops = [
      this.#settings.onChange((_, changed) => {
        if (changed.has('timeZone')) scheduleAll();
      }),
      // node-cron goes through all the times that a clock set forward left out, one by one: a few months of them stop the process for minutes.
      watchClockSteps(scheduleAll),
    ];
    this.#stopListening = () => {
      for (const stop of stops) stop();
    };
  }

  /** Before the database closes: a job under way may still write. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#started = false;
    this.#stopListening();
    for (const entry of this.#entries.values()) {
      void entry.task?.destroy();
      entry.task = undefined;
    }
    await Promise.allSettled([...this.#entries.values()].map((entry) => entry.running));
  }

  list(): JobState[] {
    return [...this.#entries.values()].map((entry) => stateOf(entry)).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Runs of a job, newest first. */
  history(name: string): Promise<JobRunEntity[]> {
    this.#entry(name);
    return this.#reader.manager.find(JobRunEntity, { where: { job: name }, order: { startedAt: 'DESC', id: 'DESC' }, take: keptRuns });
  }

  /**
   * Starts a job by hand and does not wait for its end.
   * @throws problem 404, or 409 `job-running`
   */
  async start(name: string, actor: Principal): Promise<JobState> {
    const entry = this.#entry(name);
    if (entry.running !== undefined) throw problem(409, 'job-running', 'This job is running already. Wait for its end.');
    await this.#audit.record(actor, 'job.run', 'job', name);
    void this.#run(entry, 'manual', actorName(actor));
    return stateOf(entry);
  }

  /** Runs a job by hand, or joins the run under way, and waits for its end. */
  async runAndWait(name: string, actor: Principal | 'system'): Promise<JobRunEntity> {
    const entry = this.#entry(name);
    if (actor !== 'system') await this.#audit.record(actor, 'job.run', 'job', name);
    return entry.running ?? this.#run(entry, 'manual', actorName(actor));
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw problem(404, 'not-found', 'There is no such job.');
    return entry;
  }

  #schedule(entry: Entry): void {
    void entry.task?.destroy();
    entry.task = undefined;
    if (entry.schedule === '') return;
    entry.task = cron.schedule(entry.schedule, () => this.#run(entry, 'schedule', null), {
      name: entry.job.name,
      timezone: this.#settings.current.timeZone,
      noOverlap: true,
      suppressMissedWarning: true,
    });
  }

  #run(entry: Entry, trigger: 'schedule' | 'manual', actor: string | null): Promise<JobRunEntity> {
    entry.running ??= this.#execute(entry, trigger, actor).finally(() => {
      entry.running = undefined;
      this.#announce(entry);
    });
    this.#announce(entry);
    return entry.running;
  }

  async #execute(entry: Entry, trigger: 'schedule' | 'manual', actor: string | null): Promise<JobRunEntity> {
    const { job } = entry;
    const startedAt = Date.now();
    const outcome = await attempt(job);
    if (outcome.result !== 'ok') this.#log.warn(`Job ${job.name}: ${outcome.result}: ${outcome.message}`);
    const run = Object.assign(new JobRunEntity(), {
      job: job.name,
      trigger,
      actor,
      startedAt,
      endedAt: Date.now(),
      result: outcome.result,
      message: outcome.message.slice(0, 2000),
    });
    entry.lastRun = run;
    if (!job.keepOnlyProblems || trigger === 'manual' || outcome.result !== 'ok') {
      await this.#keep(run).catch((error: unknown) => this.#log.error(`The run of ${job.name} could not be written: ${String(error)}`));
    }
    return run;
  }

  async #keep(run: JobRunEntity): Promise<void> {
    await this.#uow.write(async (m) => {
      await m.save(run);
      const oldest = await m.find(JobRunEntity, { where: { job: run.job }, order: { id: 'DESC' }, skip: keptRuns, take: 1 });
      if (oldest[0]) {
        await m
          .createQueryBuilder()
          .delete()
          .from(JobRunEntity)
          .where('job = :job AND id <= :id', { job: run.job, id: oldest[0].id })
          .execute();
      }
    });
  }

  #announce(entry: Entry): void {
    this.#events.publish('job.changed', {
      name: entry.job.name,
      running: entry.running !== undefined,
      result: entry.lastRun?.result ?? null,
    });
  }
}

async function attempt(job: Job): Promise<JobOutcome | { result: 'failed'; message: string }> {
  try {
    return await job.run();
  } catch (error) {
    return { result: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function requireCron(name: string, schedule: string): void {
  if (schedule !== '' && !cron.validate(schedule)) throw new Error(`job ${name}: "${schedule}" is no cron expression`);
}

function stateOf(entry: Entry): JobState {
  return {
    name: entry.job.name,
    schedule: entry.schedule,
    running: entry.running !== undefined,
    lastRun: entry.lastRun,
    nextRunAt: entry.task?.getNextRun()?.getTime() ?? null,
  };
}
