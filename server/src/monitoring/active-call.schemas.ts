import { z } from 'zod';
import { idParam, lineText, moneyText, pageOf, pageQuery, timeText } from '../http/index.ts';

export const activeCall = z
  .object({
    id: z.string(),
    state: z.enum(['setup', 'ringing', 'talking', 'ended']),
    direction: z.enum(['internal', 'outbound', 'inbound']),
    from: z.string(),
    fromName: z.string(),
    fromSubscriberId: z.int().nullable(),
    dialled: z.string(),
    destination: z.string().nullable(),
    toSubscriberId: z.int().nullable(),
    gatewayId: z.int().nullable(),
    gatewayName: z.string().nullable(),
    startedAt: timeText,
    answeredAt: timeText.nullable(),
    talkSeconds: z.int(),
    pricePerMinute: moneyText.nullable().describe('null: not charged'),
    runningCost: moneyText.nullable(),
    held: moneyText.nullable(),
  })
  .meta({ id: 'ActiveCall' });
export type ActiveCallDto = z.infer<typeof activeCall>;

export const activeCallQuery = pageQuery.extend({
  subscriberId: idParam.optional(),
  gatewayId: idParam.optional(),
  state: z.enum(['setup', 'ringing', 'talking']).optional(),
});
export type ActiveCallQuery = z.output<typeof activeCallQuery>;

export const activeCallPage = pageOf(activeCall).meta({ id: 'ActiveCallPage' });

export const activeCallList = z.object({ items: z.array(activeCall) }).meta({ id: 'ActiveCallList' });

export const hangUp = z
  .strictObject({ reason: lineText(200).optional() })
  .optional()
  .meta({ id: 'HangUp' });
export type HangUp = z.output<typeof hangUp>;
