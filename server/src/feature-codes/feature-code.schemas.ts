import { z } from 'zod';
import { featureNames } from '../directory/feature-code.ts';
import { lineText } from '../http/index.ts';

const codeText = z
  .string()
  .trim()
  .regex(/^[0-9*#]{2,16}$/, { error: 'Expected 2 to 16 digits, * or #' })
  .refine((code) => !code.startsWith('00'), { error: 'Codes that start with 00 would take calls abroad away' });

const argumentText = lineText(64)
  .nullable()
  .describe('What the service is told: a conference room, or `other` for a mailbox that is asked for');

const fields = {
  code: codeText,
  feature: z.enum(featureNames),
  argument: argumentText,
  prefix: z.boolean().describe('Digits may follow the code, and are what the service is told: 511 and the room'),
  enabled: z.boolean(),
  description: lineText(120),
};

const oneArgument = { path: ['argument'], error: 'Either digits follow the code, or it has an argument of its own' };

export const newFeatureCode = z
  .strictObject({
    ...fields,
    argument: argumentText.optional(),
    prefix: fields.prefix.optional(),
    enabled: z.boolean().optional(),
  })
  .refine((body) => !body.prefix || body.argument == null, oneArgument)
  .meta({ id: 'NewFeatureCode' });
export type NewFeatureCode = z.output<typeof newFeatureCode>;

export const featureCodePatch = z
  .strictObject(fields)
  .partial()
  .refine((body) => !body.prefix || body.argument == null, oneArgument)
  .meta({ id: 'FeatureCodePatch' });
export type FeatureCodePatch = z.output<typeof featureCodePatch>;

export const featureCodeDto = z
  .object({
    id: z.int(),
    ...{ code: z.string(), feature: z.enum(featureNames), argument: z.string().nullable(), prefix: z.boolean(), enabled: z.boolean() },
    description: z.string(),
    clash: z.string().nullable().describe('Whose number this is: calls go there, not to the service'),
  })
  .meta({ id: 'FeatureCode' });
export type FeatureCodeDto = z.infer<typeof featureCodeDto>;

export const featureCodeList = z.object({ items: z.array(featureCodeDto) }).meta({ id: 'FeatureCodeList' });

export const myFeatureCodes = z
  .object({
    items: z.array(z.object({ code: z.string(), feature: z.enum(featureNames), prefix: z.boolean(), description: z.string() })),
  })
  .meta({ id: 'MyFeatureCodes' });
export type MyFeatureCodes = z.infer<typeof myFeatureCodes>;
