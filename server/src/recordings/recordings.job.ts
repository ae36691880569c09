import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { RecordingsService } from './recordings.service.ts';

const DAY = 86_400_000;

/** Deletes recordings that have had their time, and lists those that a crash left behind. */
@Injectable()
export class RecordingsJob implements OnModuleInit, OnApplicationBootstrap {
  readonly #log = new Logger('Recordings');
  readonly #jobs: JobsService;
  readonly #settings: SettingsService;
  readonly #recordings: RecordingsService;

  constructor(jobs: JobsService, settings: SettingsService, recordings: RecordingsService) {
    this.#jobs = jobs;
    this.#settings = settings;
    this.#recordings = recordings;
  }

  onModuleInit(): void {
    this.#jobs.register({ name: 'recordings-cleanup', schedule: '52 3 * * *', run: () => this.#clean() });
  }

  /** The call records of those that a crash ended are written by now. */
  onApplicationBootstrap(): void {
    this.#recordings.recover().catch((error: unknown) => this.#log.error(`Recordings that a crash left are not listed: ${error}`));
  }

  async #clean(): Promise<JobOutcome> {
    const { recordingKeepDays } = this.#settings.current;
    const recovered = await this.#recordings.recover();
    const old = recordingKeepDays === null ? 0 : await this.#recordings.removeOlder(Date.now() - recordingKeepDays * DAY);
    const found = recovered > 0 ? `, ${recovered} of calls that a crash ended listed` : '';
    return { result: 'ok', message: `${old} old recordings deleted${found}.` };
  }
}
