import { z } from 'zod';
import { timeText } from '../http/index.ts';

export const jobName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

export const jobRun = z
  .object({
    startedAt: timeText,
    endedAt: timeText,
    durationMs: z.int(),
    trigger: z.enum(['schedule', 'manual']),
    actor: z.string().nullable(),
    result: z.enum(['ok', 'warning', 'failed']),
    message: z.string(),
  })
  .meta({ id: 'JobRun' });
export type JobRunDto = z.infer<typeof jobRun>;

export const job = z
  .object({
    name: z.string(),
    schedule: z.string().describe('Cron expression in the time zone of the settings; empty: only by hand'),
    running: z.boolean(),
    lastRun: jobRun.nullable(),
    nextRunAt: timeText.nullable(),
  })
  .meta({ id: 'Job' });
export type JobDto = z.infer<typeof job>;

export const jobList = z.object({ items: z.array(job) }).meta({ id: 'JobList' });
export const jobRunList = z.object({ items: z.array(jobRun) }).meta({ id: 'JobRunList' });
