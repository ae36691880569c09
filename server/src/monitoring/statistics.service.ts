import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Between, DataSource, LessThan } from 'typeorm';
import { ActiveCalls } from '../calls/active-calls.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { EventsService } from '../events/events.service.ts';
import { timeOf } from '../http/index.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { Registrar } from '../registrar/registrar.ts';
import type { StatisticsDto, StatisticsPoint } from './statistics.schemas.ts';
import { StatisticsSampleEntity } from './statistics-sample.entity.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const keptDays = 100;
/** More points than this are summed up into wider ones. */
const maxPoints = 300;

/** What was counted since the last sample. */
interface Counters {
  attempts: number;
  answered: number;
  failures: Record<string, number>;
  maxActive: number;
}

const fresh = (): Counters => ({ attempts: 0, answered: 0, failures: {}, maxActive: 0 });

/** One row a minute: calls, registrations, failures by SIP status, load of the process. */
@Injectable()
export class StatisticsService implements OnModuleInit, OnApplicationShutdown {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #jobs: JobsService;
  readonly #events: EventsService;
  readonly #calls: ActiveCalls;
  readonly #registrar: Registrar;
  #counters = fresh();
  #cpu = process.cpuUsage();
  #sampledAt = Date.now();
  #stop: () => void = () => undefined;

  constructor(uow: UnitOfWork, reader: DataSource, jobs: JobsService, events: EventsService, calls: ActiveCalls, registrar: Registrar) {
    this.#uow = uow;
    this.#reader = reader;
    this.#jobs = jobs;
    this.#events = events;
    this.#calls = calls;
    this.#registrar = registrar;
  }

  onModuleInit(): void {
    this.#stop = this.#calls.onChange(({ action, record }) => {
      this.#counters.maxActive = Math.max(this.#counters.maxActive, this.#calls.size);
      if (action !== 'ended' || !record) return;
      this.#counters.attempts++;
      if (record.answeredAt !== null) this.#counters.answered++;
      else this.#counters.failures[record.status] = (this.#counters.failures[record.status] ?? 0) + 1;
    });
    this.#jobs.register({ name: 'statistics', schedule: '* * * * *', keepOnlyProblems: true, run: () => this.#sample() });
  }

  onApplicationShutdown(): void {
    this.#stop();
  }

  /**
   * Samples of a span, summed up to at most 300 points; counts are sums, levels are maxima. The running minute is the last point when the
   * span reaches it.
   */
  async between(from: number, to: number): Promise<StatisticsDto> {
    const rows = await this.#reader.manager.find(StatisticsSampleEntity, { where: { at: Between(from, to) }, order: { at: 'ASC' } });
    const now = Date.now();
    if (to >= now - minute) rows.push(this.#current(now));
    const bucketMinutes = Math.max(1, Math.ceil(Math.round((to - from) / minute) / maxPoints));
    const bucket = bucketMinutes * minute;
    const points = new Map<number, StatisticsPoint>();
    for (const row of rows) {
      const start = Math.floor(row.at / bucket) * bucket;
      const point = points.get(start);
      if (point) merge(point, row);
      else points.set(start, { ...pointOf(row), at: timeOf(start) });
    }
    return { from: timeOf(from), to: timeOf(to), bucketSeconds: bucketMinutes * 60, points: [...points.values()] };
  }

  async #sample(): Promise<JobOutcome> {
    const now = Date.now();
    const row = this.#current(now);
    this.#counters = { ...fresh(), maxActive: this.#calls.size };
    this.#cpu = process.cpuUsage();
    this.#sampledAt = now;
    const pruned = await this.#uow.write(async (m) => {
      await m.save(row);
      // Once an hour is often enough to forget what is too old.
      if (Math.floor(now / minute) % 60 !== 0) return 0;
      return (await m.delete(StatisticsSampleEntity, { at: LessThan(now - keptDays * day) })).affected ?? 0;
    });
    this.#events.publish('stats.sample', { at: timeOf(now) });
    return {
      result: 'ok',
      message: `${row.activeCalls} calls, ${row.registrations} registrations${pruned ? `; ${pruned} old samples removed` : ''}.`,
    };
  }

  #current(now: number): StatisticsSampleEntity {
    const used = process.cpuUsage(this.#cpu);
    const elapsed = Math.max(1, now - this.#sampledAt) * 1000;
    return Object.assign(new StatisticsSampleEntity(), {
      at: now,
      activeCalls: Math.max(this.#counters.maxActive, this.#calls.size),
      registrations: this.#registrar.stats.registered,
      attempts: this.#counters.attempts,
      answered: this.#counters.answered,
      failures: { ...this.#counters.failures },
      cpuPercent: Math.round(((used.user + used.system) / elapsed) * 1000) / 10,
      memoryBytes: process.memoryUsage.rss(),
    });
  }
}

function pointOf(row: StatisticsSampleEntity): StatisticsPoint {
  const { activeCalls, registrations, attempts, answered, failures, cpuPercent, memoryBytes } = row;
  return { at: timeOf(row.at), activeCalls, registrations, attempts, answered, failures: { ...failures }, cpuPercent, memoryBytes };
}

function merge(point: StatisticsPoint, row: StatisticsSampleEntity): void {
  point.attempts += row.attempts;
  point.answered += row.answered;
  for (const key of ['activeCalls', 'registrations', 'cpuPercent', 'memoryBytes'] as const) point[key] = Math.max(point[key], row[key]);
  for (const [status, count] of Object.entries(row.failures)) point.failures[status] = (point.failures[status] ?? 0) + count;
}
