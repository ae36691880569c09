import { z } from 'zod';
import { timeText } from '../http/index.ts';
import { mediaFigures } from './media.schemas.ts';

export const pingTarget = z
  .strictObject({
    uri: z
      .string()
      .trim()
      .max(400)
      .regex(/^(sips?:)?[^\s<>"?;,]+$/i, { error: 'Expected a SIP URI such as sip:192.0.2.10:5060 or sip:1001@example.org' }),
  })
  .meta({ id: 'PingTarget' });
export type PingTarget = z.output<typeof pingTarget>;

export const pingResult = z
  .object({
    uri: z.string(),
    ok: z.boolean().describe('It answered, whatever it said'),
    status: z.int().nullable().describe('SIP status of the answer; null when there was none'),
    reason: z.string(),
    rttMs: z.number().nullable(),
  })
  .meta({ id: 'PingResult' });

const counters = z.record(z.string(), z.number());

export const monitor = z
  .object({
    version: z.string(),
    startedAt: timeText,
    upSeconds: z.int(),
    process: z.object({ pid: z.int(), memoryBytes: z.int(), cpuSeconds: z.number() }),
    transactions: z.object({
      current: z.int().describe('Server and client transactions that exist now'),
      server: z.int(),
      client: z.int(),
      total: z.int().describe('Since start'),
      local: z.int().describe('Begun by us, since start'),
      waiting: z.int().describe('Calls that ring'),
    }),
    repliesByClass: counters.describe('Responses we gave since start: 1xx to 6xx'),
    stateless: counters.describe('Requests answered without a transaction, by status; 400 stands for 505 too'),
    transport: counters,
    layer: counters,
    registrations: z.object({ registered: z.int(), expired: z.int() }),
    keepAlive: counters.describe(
      'Phones that are kept reachable through their NAT, those of them that do not answer, questions and answers',
    ),
    stun: counters,
    calls: z.object({ active: z.int(), talking: z.int() }),
    media: mediaFigures,
    liveListeners: z.int(),
  })
  .meta({ id: 'Monitor' });
export type MonitorDto = z.infer<typeof monitor>;
