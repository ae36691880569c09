import { z } from 'zod';
import { RATE_LIMITS } from '../billing/rate.ts';
import { amountInput, idParam, lineText, moneyText, pageOf, sortedPageQuery, timeText } from '../http/index.ts';

const scale = z.int().min(2).max(6).describe('Decimals of a charge');
const rounding = z.enum(['half-up', 'up', 'down', 'half-even']);

const tariffFields = {
  name: lineText(80),
  parentId: z.int().min(1).nullable().describe('Asked when this tariff has no rate for a number; the default tariff is asked last'),
  scale,
  rounding,
};

export const newTariff = z
  .strictObject({
    name: tariffFields.name,
    parentId: tariffFields.parentId.optional(),
    scale: scale.optional(),
    rounding: rounding.optional(),
  })
  .meta({ id: 'NewTariff' });
export type NewTariff = z.output<typeof newTariff>;

export const tariffPatch = z
  .strictObject({ ...tariffFields, isDefault: z.literal(true).describe('Makes it the default; the old default no longer is') })
  .partial()
  .meta({ id: 'TariffPatch' });
export type TariffPatch = z.output<typeof tariffPatch>;

export const tariff = z
  .object({
    id: z.int(),
    ...tariffFields,
    name: z.string(),
    isDefault: z.boolean(),
    rates: z.int().describe('How many it holds'),
    subscribers: z.int().describe('How many are on it'),
    createdAt: timeText,
    updatedAt: timeText,
  })
  .meta({ id: 'Tariff' });
export type TariffDto = z.infer<typeof tariff>;
export const tariffList = z.object({ items: z.array(tariff) }).meta({ id: 'TariffList' });

const rateMoney = amountInput.refine((amount) => amount <= RATE_LIMITS.money, { error: 'Too high for a rate' });
const seconds = z.int().min(0).max(RATE_LIMITS.seconds);
const increment = z.int().min(1).max(RATE_LIMITS.seconds);

/** E.164 digits; a leading + is taken off. */
export const prefixInput = z
  .string()
  .trim()
  .regex(/^\+?[0-9]{1,15}$/, { error: 'Expected the E.164 digits of a prefix, such as 44' })
  .transform((text) => text.replace('+', ''));

const rateFields = {
  prefix: prefixInput,
  name: lineText(120, 0),
  pricePerMinute: rateMoney,
  connectFee: rateMoney,
  firstIncrement: increment,
  nextIncrement: increment,
  minCharge: rateMoney,
  freeSeconds: seconds,
  graceSeconds: seconds,
  blocked: z.boolean().describe('Calls to this prefix are refused'),
  effectiveFrom: z
    .union([timeText, z.null()])
    .transform((text) => (text === null ? 0 : Date.parse(text)))
    .describe('In force from this time on; null = always'),
};

export const newRate = z
  .strictObject({
    prefix: rateFields.prefix,
    name: rateFields.name.optional(),
    pricePerMinute: rateFields.pricePerMinute,
    connectFee: rateFields.connectFee.optional(),
    firstIncrement: rateFields.firstIncrement.optional(),
    nextIncrement: rateFields.nextIncrement.optional(),
    minCharge: rateFields.minCharge.optional(),
    freeSeconds: rateFields.freeSeconds.optional(),
    graceSeconds: rateFields.graceSeconds.optional(),
    blocked: rateFields.blocked.optional(),
    effectiveFrom: rateFields.effectiveFrom.optional(),
  })
  .meta({ id: 'NewRate' });
export type NewRate = z.output<typeof newRate>;

export const ratePatch = z.strictObject(rateFields).partial().meta({ id: 'RatePatch' });
export type RatePatch = z.output<typeof ratePatch>;

export const rate = z
  .object({
    id: z.int(),
    tariffId: z.int(),
    prefix: z.string(),
    name: z.string(),
    pricePerMinute: moneyText,
    connectFee: moneyText,
    firstIncrement: z.int(),
    nextIncrement: z.int(),
    minCharge: moneyText,
    freeSeconds: z.int(),
    graceSeconds: z.int(),
    blocked: z.boolean(),
    effectiveFrom: timeText.nullable(),
    version: z.int(),
    updatedAt: timeText,
  })
  .meta({ id: 'Rate' });
export type RateDto = z.infer<typeof rate>;
export const ratePage = pageOf(rate).meta({ id: 'RatePage' });

export const rateQuery = sortedPageQuery(['prefix', 'name', 'pricePerMinute', 'effectiveFrom'], 'prefix').extend({
  q: z
    .string()
    .trim()
    .max(120)
    .optional()
    .describe('Digits: prefixes that start with them, and those a call to that number could match. Other text: part of a name'),
  blocked: z.enum(['true', 'false']).optional(),
});
export type RateQuery = z.output<typeof rateQuery>;

export const lookupQuery = z.strictObject({
  number: z
    .string()
    .trim()
    .regex(/^\+?[0-9 ()./-]{1,32}$/, { error: 'Expected a telephone number such as +44 20 7183 8750' }),
  tariffId: idParam.optional(),
  seconds: z.coerce.number().int().min(1).max(86_400).default(180).describe('Length of the worked example'),
});
export type LookupQuery = z.output<typeof lookupQuery>;
export const myLookupQuery = lookupQuery.omit({ tariffId: true });
export type MyLookupQuery = z.output<typeof myLookupQuery>;

const priceStep = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }).meta({ id: 'PriceStep' });

export const priceExample = z
  .object({ seconds: z.int(), billedSeconds: z.int(), cost: moneyText, steps: z.array(priceStep) })
  .meta({ id: 'PriceExample' });
export type PriceExample = z.infer<typeof priceExample>;

export const lookupAnswer = z
  .object({
    number: z.string().describe('As asked'),
    e164: z.string().nullable(),
    tariff: z.string().nullable().describe('Where the rate was found'),
    rate: rate.omit({ updatedAt: true }).nullable(),
    refusal: z.enum(['no-rate', 'destination-blocked']).nullable(),
    example: priceExample.nullable().describe('What a call of so many seconds costs, step by step'),
  })
  .meta({ id: 'RateLookup' });
export type LookupAnswer = z.infer<typeof lookupAnswer>;

export const exampleQuestion = newRate
  .pick({
    pricePerMinute: true,
    connectFee: true,
    firstIncrement: true,
    nextIncrement: true,
    minCharge: true,
    freeSeconds: true,
    graceSeconds: true,
  })
  .extend({ seconds: z.int().min(1).max(86_400).optional(), tariffId: z.int().min(1).optional().describe('Whose rounding applies') })
  .meta({ id: 'PriceQuestion' });
export type ExampleQuestion = z.output<typeof exampleQuestion>;
