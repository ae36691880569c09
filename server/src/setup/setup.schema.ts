import { z } from 'zod';
import { adminLogin } from '../auth/auth.schema.ts';
import { emailField, languageField, lineText, passwordField } from '../http/index.ts';
import { settingsSchema } from '../settings/settings.schema.ts';

/** What a visitor's page may know. */
export const publicInfo = z
  .object({
    product: z.literal('Dialtone'),
    version: z.string(),
    setupNeeded: z.boolean(),
    operatorName: z.string(),
    domain: z.string(),
    currency: z.string(),
    signupPolicy: z.enum(['open', 'approval', 'closed']),
    terms: z.object({ en: z.string(), es: z.string() }),
    languages: z.array(languageField),
    defaultLanguage: languageField,
    timeZone: z.string(),
    /** The appliance runs without a disk: everything is lost at power-off. */
    demo: z.boolean(),
  })
  .meta({ id: 'PublicInfo' });

export const setupInput = z
  .strictObject({
    code: z.string().max(20).default(''),
    admin: z.strictObject({ login: adminLogin, name: lineText(120), password: passwordField, email: emailField.nullable().optional() }),
    domain: settingsSchema.shape.sipDomain,
    currency: settingsSchema.shape.currency,
    language: languageField.optional(),
    timeZone: settingsSchema.shape.timeZone.optional(),
    operatorName: settingsSchema.shape.operatorName.optional(),
  })
  .meta({ id: 'SetupInput' });
export type SetupInput = z.infer<typeof setupInput>;
