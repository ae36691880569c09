import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BackupService } from '../backup/backup.service.ts';
import { startOfDay } from '../billing/calendar-day.ts';
import { ActiveCalls } from '../calls/active-calls.ts';
import { GatewayMonitor } from '../calls/gateways/gateway-monitor.ts';
import { Directory } from '../directory/directory.ts';
import { gatewayStatusDto } from '../gateways/gateway-status.ts';
import { formatMoney, timeOf } from '../http/index.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { micros } from '../money/money.ts';
import { Registrar } from '../registrar/registrar.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { SetupStepsService } from '../setup/setup-steps.service.ts';
import type { DashboardDto } from './dashboard.schemas.ts';

const backupOldMs = 48 * 3_600_000;
const sumsLastMs = 2_000;

type Count = number | string | null;

/** The administrator's home page in one answer. */
@Injectable()
export class DashboardService {
  readonly #reader: DataSource;
  readonly #settings: SettingsService;
  readonly #directory: Directory;
  readonly #calls: ActiveCalls;
  readonly #registrar: Registrar;
  readonly #gateways: GatewayMonitor;
  readonly #jobs: JobsService;
  readonly #backups: BackupService;
  readonly #steps: SetupStepsService;
  #sums: { readonly at: number; readonly today: Promise<DashboardDto['today']> } | undefined;

  constructor(
    reader: DataSource,
    settings: SettingsService,
    directory: Directory,
    calls: ActiveCalls,
    registrar: Registrar,
    gateways: GatewayMonitor,
    jobs: JobsService,
    backups: BackupService,
    steps: SetupStepsService,
  ) {
    this.#steps = steps;
    this.#reader = reader;
    this.#settings = settings;
    this.#directory = directory;
    this.#calls = calls;
    this.#registrar = registrar;
    this.#gateways = gateways;
    this.#jobs = jobs;
    this.#backups = backups;
  }

  async read(now = Date.now()): Promise<DashboardDto> {
    const gateways = this.#gatewayLights(now);
    const lastBackup = (await this.#backups.list())[0]?.createdAt;
    return {
      at: timeOf(now),
      checklist: (await this.#steps.list()).map(({ key, state }) => ({ key, done: state === 'done' })),
      now: await this.#now(),
      today: await this.#todayNow(now),
      gateways,
      alerts: this.#alerts(gateways, lastBackup, now),
    };
  }

  async #now(): Promise<DashboardDto['now']> {
    let talking = 0;
    for (const call of this.#calls.list()) if (call.state === 'talking') talking++;
    const online = new Set<number>();
    for (const binding of this.#registrar.list()) online.add(binding.subscriberId);
    return {
      activeCalls: this.#calls.size,
      talking,
      registrations: this.#registrar.stats.registered,
      subscribers: this.#directory.subscriberCount,
      subscribersOnline: online.size,
      waitingSignups: await this.#count(`SELECT COUNT(*) AS "count" FROM "signups" WHERE "state" = 'waiting'`),
    };
  }

  /** The sums of the day go over every call of it, and each open page asks with each call: they are made once in two seconds for all. */
  #todayNow(now: number): Promise<DashboardDto['today']> {
    if (!this.#sums || now - this.#sums.at >= sumsLastMs) {
      this.#sums = { at: now, today: this.#today(startOfDay(now, this.#settings.current.timeZone)) };
      this.#sums.today.catch(() => {
        this.#sums = undefined;
      });
    }
    return this.#sums.today;
  }

  async #today(since: number): Promise<DashboardDto['today']> {
    const [calls]: { calls: Count; answered: Count; talkMs: Count }[] = await this.#reader.query(
      `SELECT COUNT(*) AS "calls", COUNT("answeredAt") AS "answered", SUM("talkMs") AS "talkMs" FROM "cdrs" WHERE "startedAt" >= ${since}`,
    );
    const failures: { status: number; count: Count }[] = await this.#reader.query(
      `SELECT "status", COUNT(*) AS "count" FROM "cdrs" WHERE "startedAt" >= ${since} AND "answeredAt" IS NULL
       GROUP BY "status" ORDER BY COUNT(*) DESC, "status"`,
    );
    const money: { type: string; total: Count }[] = await this.#reader.query(
      `SELECT "type", SUM("amount") AS "total" FROM "ledger_entries" WHERE "createdAt" >= ${since} GROUP BY "type"`,
    );
    const sum = (...types: string[]) =>
      money.filter((row) => types.includes(row.type)).reduce((total, row) => total + Number(row.total), 0);
    const top = failures[0];
    return {
      since: timeOf(since),
      calls: Number(calls?.calls ?? 0),
      answered: Number(calls?.answered ?? 0),
      talkSeconds: Math.round(Number(calls?.talkMs ?? 0) / 1000),
      charged: formatMoney(micros(-sum('charge'))),
      credited: formatMoney(micros(sum('opening', 'topup', 'adjust', 'correction'))),
      failed: failures.reduce((total, row) => total + Number(row.count), 0),
      topFailure: top ? { status: top.status, count: Number(top.count) } : null,
    };
  }

  #gatewayLights(now: number): DashboardDto['gateways'] {
    return this.#directory.gateways().map((gateway) => ({
      id: gateway.id,
      name: gateway.name,
      enabled: gateway.enabled,
      status: gatewayStatusDto(gateway, this.#gateways, this.#calls, now),
    }));
  }

  #alerts(gateways: DashboardDto['gateways'], lastBackup: number | undefined, now: number): DashboardDto['alerts'] {
    const alerts: DashboardDto['alerts'] = [];
    for (const { name, lastRun } of this.#jobs.list()) {
      if (lastRun?.result === 'failed') alerts.push({ code: 'job-failed', params: { job: name, message: lastRun.message } });
      if (lastRun?.result === 'warning') alerts.push({ code: 'job-warning', params: { job: name, message: lastRun.message } });
    }
    for (const { name, enabled, status } of gateways) {
      if (enabled && (status.state === 'down' || status.registration === 'failed')) {
        alerts.push({ code: 'gateway-down', params: { gateway: name, error: status.lastError ?? '' } });
      }
    }
    if (lastBackup !== undefined && now - lastBackup > backupOldMs) alerts.push({ code: 'backup-old', params: { at: timeOf(lastBackup) } });
    return alerts;
  }

  async #count(sql: string): Promise<number> {
    const rows: { count: Count }[] = await this.#reader.query(sql);
    return Number(rows[0]?.count ?? 0);
  }
}
