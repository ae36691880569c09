import { z } from 'zod';
import { isNegative, isZero, parseMoneyInput } from '#app/lib/money.ts';

/** Fields that many forms share. They stay text as typed; what is sent is made from them by `parseMoneyInput` and `Number`. */

/** An amount of zero or more; may be empty. */
export const amountField = z
  .string()
  .refine((text) => text.trim() === '' || parseMoneyInput(text) !== undefined, 'invalid.amount')
  .refine((text) => !isNegative(parseMoneyInput(text) ?? '0'), 'invalid.amountNotNegative');

/** An amount that must be there. */
export const requiredAmount = amountField.refine((text) => text.trim() !== '', 'invalid.required');

/** Any amount but zero. */
export const changeAmount = z
  .string()
  .refine((text) => parseMoneyInput(text) !== undefined, 'invalid.amount')
  .refine((text) => !isZero(parseMoneyInput(text) ?? '1'), 'invalid.amountNotZero');

export const optionalEmail = z
  .string()
  .trim()
  .refine((text) => text === '' || z.email().safeParse(text).success, 'invalid.email');

/** A whole number within bounds, as text. */
export const integerField = (min: number, max: number) =>
  z
    .string()
    .trim()
    .regex(/^-?\d+$/, 'invalid.integer')
    .refine((text) => Number(text) >= min && Number(text) <= max, 'invalid.range');

/** The same, or empty. */
export const optionalInteger = (min: number, max: number) => z.union([z.literal(''), integerField(min, max)]);
