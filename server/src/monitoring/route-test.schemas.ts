import { z } from 'zod';
import { appNames } from '../directory/feature-code.ts';
import { moneyText, timeText } from '../http/index.ts';

export const routeTest = z
  .strictObject({
    from: z.string().trim().min(1).max(320).describe('Number, or number@domain, of the subscriber who dials'),
    dialled: z.string().trim().min(1).max(320),
    at: timeText.optional().describe('Picks the version of the rate. Default: now'),
    seconds: z.int().min(1).max(86_400).optional().describe('Length of the example call. Default: 60'),
  })
  .meta({ id: 'RouteTest' });
export type RouteTest = z.output<typeof routeTest>;

const params = z.record(z.string(), z.union([z.string(), z.number()]));
const next = z.object({ stage: z.int().nullable(), refuse: z.string().nullable() }).nullable();

export const routeStage = z
  .object({
    kind: z.enum(['ring', 'bridge', 'app', 'redirect', 'reject']),
    phones: z.array(z.array(z.string())).optional().describe('ring: contacts, a group after the other'),
    ringSeconds: z.int().optional(),
    gateways: z
      .array(z.object({ id: z.int(), name: z.string(), sends: z.string() }))
      .optional()
      .describe('bridge: tried in this order'),
    maxSeconds: z.int().nullable().optional(),
    contacts: z.array(z.string()).optional(),
    app: z.enum(appNames).optional().describe('app: the service that answers'),
    argument: z.string().nullable().optional().describe('app: what the service is told, as a conference room'),
    status: z.int().optional(),
    reason: z.string().optional(),
    code: z.string().optional(),
    text: z.string().optional(),
    onBusy: next.optional(),
    onNoAnswer: next.optional(),
    onNotRegistered: next.optional(),
    onRefused: next.optional(),
    onFailed: next.optional(),
  })
  .meta({ id: 'RouteStage' });
export type RouteStageDto = z.infer<typeof routeStage>;

export const routePrice = z
  .object({
    prefix: z.string(),
    name: z.string(),
    pricePerMinute: moneyText,
    connectFee: moneyText,
    firstIncrement: z.int(),
    nextIncrement: z.int(),
    exampleSeconds: z.int(),
    exampleCost: moneyText,
    affordableSeconds: z.int().nullable().describe('How long the balance lasts; null when not even the start is covered'),
  })
  .meta({ id: 'RoutePrice' });

export const routeResult = z
  .object({
    allowed: z.boolean(),
    refusal: z.object({ code: z.string(), status: z.int(), reason: z.string(), text: z.string() }).nullable(),
    e164: z.string().nullable(),
    destination: z.string().nullable(),
    toSubscriberId: z.int().nullable(),
    stages: z.array(routeStage),
    explanation: z.array(z.object({ code: z.string(), params })),
    price: routePrice.nullable(),
  })
  .meta({ id: 'RouteResult' });
export type RouteResult = z.infer<typeof routeResult>;
