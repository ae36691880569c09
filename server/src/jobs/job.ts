import type { JobResult } from './job-run.entity.ts';

export interface JobOutcome {
  /** `warning`: done, but a person should look at what `message` says. */
  readonly result: Exclude<JobResult, 'failed'>;
  /** One sentence in English: what was done, with its numbers. */
  readonly message: string;
}

/** Work that is done again and again. A throw is a failed run; the next one comes as planned. */
export interface Job {
  /** Stable, kebab-case; the pages translate it. */
  readonly name: string;
  /** Cron expression (minute hour day month weekday), in the time zone of the settings; empty: only by hand. */
  readonly schedule: string;
  /** Good runs of a job that comes each minute say nothing: only problems and runs by hand are kept in the history. */
  readonly keepOnlyProblems?: boolean;
  run(): Promise<JobOutcome>;
}
