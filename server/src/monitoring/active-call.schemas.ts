import { z } from 'zod';
import { idParam, lineText, moneyText, pageOf, pageQuery, timeText } from '../http/index.ts';

/** What was received from one side. */
const heard = z.object({ packets: z.int(), lost: z.int(), jitterMs: z.number() });

/** Media that passes through the server. */
const relayed = z.object({ recorded: z.boolean(), caller: heard, callee: heard }).meta({ id: 'RelayedMedia' });

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
    app: z.string().nullable().describe('The service that answers it, such as conference'),
    toSubscriberId: z.int().nullable(),
    gatewayId: z.int().nullable(),
    gatewayName: z.string().nullable(),
    startedAt: timeText,
    answeredAt: timeText.nullable(),
    talkSeconds: z.int(),
    pricePerMinute: moneyText.nullable().describe('null: not charged'),
    runningCost: moneyText.nullable(),
    held: moneyText.nullable(),
    media: relayed.nullable().describe('null: it goes directly between the two, or a service answers'),
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
