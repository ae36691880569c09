import { z } from 'zod';
import { callEnds } from '../billing/call-record.ts';
import { idParam, moneyText, pageOf, sortedPageQuery, timeText } from '../http/index.ts';

const directions = ['internal', 'outbound', 'inbound'] as const;

export const callRow = z
  .object({
    id: z.int(),
    callId: z.string(),
    startedAt: timeText,
    answeredAt: timeText.nullable(),
    endedAt: timeText,
    direction: z.enum(directions),
    from: z.string(),
    fromName: z.string(),
    fromSubscriberId: z.int().nullable(),
    dialled: z.string(),
    destination: z.string().nullable(),
    toSubscriberId: z.int().nullable(),
    toName: z.string().nullable(),
    gatewayName: z.string().nullable(),
    talkSeconds: z.int(),
    billedSeconds: z.int(),
    /** null: nobody had to pay. */
    cost: moneyText.nullable(),
    status: z.int(),
    reason: z.string(),
    refusal: z.string().nullable(),
    /** The service that answered, such as voicemail. */
    app: z.string().nullable(),
    endedBy: z.enum(callEnds),
    missed: z.boolean(),
  })
  .meta({ id: 'CallRow' });
export type CallRow = z.infer<typeof callRow>;

/** Of the one who asks: whether a message was left for him. */
export const myCallRow = callRow.extend({ voicemailMessageId: z.int().nullable() }).meta({ id: 'MyCallRow' });
export const myCallPage = pageOf(myCallRow).meta({ id: 'MyCallPage' });

export const callPage = pageOf(callRow).meta({ id: 'CallPage' });

const step = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });

export const callDetail = callRow
  .extend({
    sipCallId: z.string(),
    userAgent: z.string().nullable(),
    /** The rate as it was when the call was answered. */
    rate: z
      .object({
        prefix: z.string(),
        name: z.string(),
        pricePerMinute: moneyText,
        connectFee: moneyText,
        firstIncrement: z.int(),
        nextIncrement: z.int(),
        minCharge: moneyText,
        freeSeconds: z.int(),
        graceSeconds: z.int(),
        effectiveFrom: timeText,
      })
      .nullable(),
    /** Why it cost what it cost; the pages put the codes in words. */
    steps: z.array(step),
    ledgerEntryId: z.int().nullable(),
    recording: z
      .object({ seconds: z.int(), bytes: z.int() })
      .nullable()
      .optional()
      .describe('For administrators: null when the call was not recorded, or the recording is deleted'),
  })
  .meta({ id: 'CallDetail' });
export type CallDetail = z.infer<typeof callDetail>;

/** From inclusive, to exclusive. */
const filters = {
  from: timeText.optional(),
  to: timeText.optional(),
  status: z.coerce.number().int().min(100).max(699).optional(),
  outcome: z.enum(['answered', 'failed']).optional(),
  direction: z.enum(directions).optional(),
  missed: z.enum(['true']).optional(),
};

const list = sortedPageQuery(['startedAt', 'talkSeconds', 'cost'], '-startedAt');

export const myCallsQuery = list.extend(filters);
export type MyCallsQuery = z.infer<typeof myCallsQuery>;

export const callsQuery = list.extend({ ...filters, subscriberId: idParam.optional() });
export type CallsQuery = z.infer<typeof callsQuery>;

/** What of a query chooses calls, without paging. */
export type CallFilter = Omit<CallsQuery, 'page' | 'pageSize' | 'sort'>;
