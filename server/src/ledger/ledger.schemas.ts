import { z } from 'zod';
import { ENTRY_TYPES } from '../billing/ledger-entries.ts';
import { lineText, moneyInput, moneyText, pageOf, sortedPageQuery, timeText } from '../http/index.ts';

export const ledgerEntry = z
  .object({
    id: z.int(),
    type: z.enum(ENTRY_TYPES),
    /** Positive = in favour of the subscriber. */
    amount: moneyText,
    endingBalance: moneyText,
    reason: z.string(),
    actor: z.string(),
    callId: z.string().nullable(),
    correctsId: z.int().nullable(),
    correctedById: z.int().nullable(),
    createdAt: timeText,
  })
  .meta({ id: 'LedgerEntry' });
export type LedgerEntryDto = z.infer<typeof ledgerEntry>;

export const ledgerPage = pageOf(ledgerEntry).meta({ id: 'LedgerPage' });

export const ledgerQuery = sortedPageQuery(['createdAt'], '-createdAt').extend({
  type: z.enum(ENTRY_TYPES).optional(),
  /** From inclusive, to exclusive. */
  from: timeText.optional(),
  to: timeText.optional(),
});
export type LedgerQuery = z.infer<typeof ledgerQuery>;

const signedAmount = moneyText.regex(/[1-9]/, { error: 'Expected an amount other than zero' }).pipe(moneyInput);

/** `amount`: positive adds credit, negative takes it away. */
export const credit = z.strictObject({ amount: signedAmount, reason: lineText(200) }).meta({ id: 'Credit' });
export type Credit = z.infer<typeof credit>;

/** `amount` of the new entry: what has to be added (positive) or taken away (negative) to put the old one right. */
export const correction = z.strictObject({ amount: signedAmount, reason: lineText(200) }).meta({ id: 'Correction' });
export type Correction = z.infer<typeof correction>;

/** `replayed`: the request was a repetition, and this is the entry it made the first time. */
export const creditReceipt = z.object({ entry: ledgerEntry, replayed: z.boolean() }).meta({ id: 'CreditReceipt' });

export const idempotencyKey = z
  .string({ error: 'The header Idempotency-Key is needed: one unique value for each thing you want to happen' })
  .regex(/^[\x21-\x7e]{1,80}$/, { error: 'Expected 1 to 80 printable characters without spaces' });
