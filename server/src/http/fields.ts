import { z } from 'zod';
import { formatMoney, micros, parseMoney } from '../money/money.ts';

/** A row id in a path or a query. */
export const idParam = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Money in an answer: decimal text of the one currency, 2 to 6 decimals. */
export const moneyText = z
  .string()
  .regex(/^-?\d{1,10}(\.\d{1,6})?$/, { error: 'Expected an amount such as 12.50, at most 6 decimals' })
  .meta({ examples: ['12.50'] });

/** Money in a request; the handler gets Micros. */
export const moneyInput = moneyText.transform((text) => parseMoney(text) ?? micros(0));

/** moneyInput that may not be negative. */
export const amountInput = moneyText
  .regex(/^[^-]/, { error: 'Expected an amount of zero or more' })
  .transform((text) => parseMoney(text) ?? micros(0));

export { formatMoney };

/** Time in an answer: ISO 8601, UTC. */
export const timeText = z.iso.datetime();

/** Epoch milliseconds as the API writes them. */
export const timeOf = (epochMs: number): string => new Date(epochMs).toISOString();
export const timeOrNull = (epochMs: number | null): string | null => (epochMs === null ? null : timeOf(epochMs));

export const languageField = z.enum(['en', 'es']);
export type Language = z.infer<typeof languageField>;

// Control characters would reach mail headers and terminals.
const CONTROL = /[\p{Cc}]/u;

/** One line of text for people, trimmed. */
export const lineText = (max: number, min = 1) =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine((text) => !CONTROL.test(text), { error: 'No control characters, please' });

export const emailField = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email({ error: 'Expected an e-mail address such as anna@example.org' }));

/** Portal password. A length is worth more than rules about kinds of characters (NIST SP 800-63B). */
export const passwordField = z.string().min(10).max(200);
