import { z } from 'zod';
import { gatewayStatus } from '../gateways/gateway.schemas.ts';
import { moneyText, timeText } from '../http/index.ts';
import { SETUP_STEPS } from '../setup/setup.schema.ts';

export const dashboard = z
  .object({
    at: timeText,
    checklist: z.array(z.object({ key: z.enum(SETUP_STEPS), done: z.boolean() })),
    now: z.object({
      activeCalls: z.int(),
      talking: z.int(),
      registrations: z.int(),
      subscribers: z.int(),
      subscribersOnline: z.int(),
      waitingSignups: z.int(),
    }),
    today: z.object({
      since: timeText,
      calls: z.int(),
      answered: z.int(),
      talkSeconds: z.int(),
      charged: moneyText.describe('Charges for calls'),
      credited: moneyText.describe('Credit added'),
      failed: z.int(),
      topFailure: z.object({ status: z.int(), count: z.int() }).nullable(),
    }),
    gateways: z.array(z.object({ id: z.int(), name: z.string(), enabled: z.boolean(), status: gatewayStatus })),
    alerts: z.array(
      z.object({
        code: z.enum(['job-failed', 'job-warning', 'gateway-down', 'backup-old']),
        params: z.record(z.string(), z.string()),
      }),
    ),
  })
  .meta({ id: 'Dashboard' });
export type DashboardDto = z.infer<typeof dashboard>;
