import { z } from 'zod';
import { timeText } from '../http/index.ts';

export const statisticsQuery = z
  .strictObject({
    from: timeText.optional().describe('Default: an hour before `to`'),
    to: timeText.optional().describe('Default: now'),
  })
  .refine((query) => query.from === undefined || query.to === undefined || query.from < query.to, {
    path: ['to'],
    error: 'to lies before from',
  });
export type StatisticsQuery = z.output<typeof statisticsQuery>;

export const statisticsPoint = z
  .object({
    at: timeText,
    activeCalls: z.int().describe('Most calls at once'),
    registrations: z.int(),
    attempts: z.int().describe('Calls that ended'),
    answered: z.int(),
    failures: z.record(z.string(), z.int()).describe('Calls not answered, by SIP status'),
    cpuPercent: z.number(),
    memoryBytes: z.int(),
  })
  .meta({ id: 'StatisticsPoint' });
export type StatisticsPoint = z.infer<typeof statisticsPoint>;

export const statistics = z
  .object({ from: timeText, to: timeText, bucketSeconds: z.int(), points: z.array(statisticsPoint) })
  .meta({ id: 'Statistics' });
export type StatisticsDto = z.infer<typeof statistics>;
