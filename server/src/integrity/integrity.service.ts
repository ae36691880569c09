import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { AlarmsService } from '../alarms/alarms.service.ts';
import { writePrivate } from '../files/private-file.ts';
import { systemView } from '../host/contract/index.ts';
import { HostClient } from '../host/host-client.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { Environment } from '../settings/environment.ts';
import { readRelease } from '../update/release.ts';
import type { SumsResult } from './check-sums.ts';

// tsc does not rewrite the ending inside new URL().
const workerUrl = new URL(`./integrity.worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

const JOB = 'integrity';
/** Files named in an alarm. */
const NAMED = 5;

const lastCheck = z.object({ buildId: z.string(), at: z.int(), good: z.int(), bytes: z.int(), bad: z.array(z.string()) });
type LastCheck = z.infer<typeof lastCheck>;

export interface IntegrityStatus {
  /** There is an image to look at. */
  readonly appliance: boolean;
  readonly running: boolean;
  /** Epoch ms; null: not yet. */
  readonly checkedAt: number | null;
  readonly files: number;
  readonly bytes: number;
  readonly bad: readonly string[];
}

/** Once a week the medium is read again and compared with the sums of its making: a stick wears out without a word. */
@Injectable()
export class IntegrityService implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #jobs: JobsService;
  readonly #host: HostClient;
  readonly #alarms: AlarmsService;
  readonly #environment: Environment;
  readonly #file: string;
  #last: LastCheck | undefined;
  #worker: Worker | undefined;

  constructor(jobs: JobsService, host: HostClient, alarms: AlarmsService, environment: Environment) {
    this.#jobs = jobs;
    this.#host = host;
    this.#alarms = alarms;
    this.#environment = environment;
    this.#file = join(environment.dataDir, 'integrity.json');
  }

  onModuleInit(): void {
    if (this.#host.present) this.#jobs.register({ name: JOB, schedule: '10 4 * * 0', run: () => this.#check() });
  }

  onApplicationBootstrap(): void {
    this.#last = this.#ofThisImage();
    this.#report();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#worker?.terminate();
  }

  get status(): IntegrityStatus {
    const last = this.#last;
    return {
      appliance: this.#host.present,
      running: this.#worker !== undefined,
      checkedAt: last?.at ?? null,
      files: last?.good ?? 0,
      bytes: last?.bytes ?? 0,
      bad: last?.bad ?? [],
    };
  }

  /** What is known of another image says nothing of this one. */
  #ofThisImage(): LastCheck | undefined {
    try {
      const read = lastCheck.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
      return read.buildId === this.#buildId ? read : undefined;
    } catch {
      return undefined;
    }
  }

  get #buildId(): string {
    return readRelease(this.#environment.releaseFile)?.buildId ?? '';
  }

  async #check(): Promise<JobOutcome> {
    const { bootMedium } = await this.#host.call('GET', '/system', { schema: systemView });
    if (bootMedium.mountPoint === '') throw new Error('The medium Dialtone was booted from is not there');
    const publicKey = readRelease(this.#environment.releaseFile)?.publicKey ?? '';
    const result = await this.#read(bootMedium.mountPoint, publicKey);
    this.#last = { buildId: this.#buildId, at: Date.now(), good: result.good, bytes: result.bytes, bad: [...result.bad] };
    await writePrivate(this.#file, this.#last);
    this.#report();
    const read = `${result.good} files of the medium, ${Math.ceil(result.bytes / 1e6)} MB, are as they were made`;
    if (result.bad.length === 0) return { result: 'ok', message: `${read}.` };
    return { result: 'warning', message: `Damaged on the medium: ${named(result.bad)}. ${read}.` };
  }

  #read(folder: string, publicKey: string): Promise<SumsResult> {
    const worker = new Worker(workerUrl, { workerData: { folder, publicKey } });
    this.#worker = worker;
    return new Promise<SumsResult>((resolve, reject) => {
      worker.on('message', (news: { result: SumsResult } | { fault: string }) => {
        if ('result' in news) resolve(news.result);
        else reject(new Error(news.fault));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('The check of the medium was broken off')));
    }).finally(() => {
      this.#worker = undefined;
    });
  }

  #report(): void {
    const bad = this.#last?.bad ?? [];
    if (bad.length === 0) this.#alarms.clear('image-damaged');
    else this.#alarms.raise('image-damaged', { files: named(bad) }, { level: bad.join() });
  }
}

const named = (bad: readonly string[]): string => {
  const more = bad.length > NAMED ? ` + ${bad.length - NAMED}` : '';
  return bad.slice(0, NAMED).join(', ') + more;
};
