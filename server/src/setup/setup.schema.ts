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
    sendsMail: z.boolean().describe('A mail server is set; without one the administrator hands links on'),
  })
  .meta({ id: 'PublicInfo' });

export const setupInput = z
  .strictObject({
    code: z.string().max(20).default(''),
    admin: z.strictObject({ login: adminLogin, name: lineText(120), password: passwordField, email: emailField.nullable().optional() }),
    domain: settingsSchema.shape.sipDomain.optional(),
    currency: settingsSchema.shape.currency.optional(),
    language: languageField.optional(),
    timeZone: settingsSchema.shape.timeZone.optional(),
    operatorName: settingsSchema.shape.operatorName.optional(),
  })
  .meta({ id: 'SetupInput' });
export type SetupInput = z.infer<typeof setupInput>;

export const health = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });

export const setupCodeInput = z.strictObject({ code: z.string().max(20).default('') }).meta({ id: 'SetupCodeInput' });
export type SetupCodeInput = z.infer<typeof setupCodeInput>;
export const setupCodeAnswer = z.object({ code: z.string() }).meta({ id: 'SetupCode' });

/** What a new company is asked after its administrator, and what it needs before the first paid call. */
export const SETUP_STEPS = [
  'domain',
  'network',
  'timeZone',
  'mail',
  'currency',
  'gateway',
  'signup',
  'backup',
  'rates',
  'subscriber',
] as const;
export type SetupStepKey = (typeof SETUP_STEPS)[number];
const stepState = z.enum(['open', 'done', 'skipped']);
export type SetupStepState = z.infer<typeof stepState>;

export const setupStep = z.object({ key: z.enum(SETUP_STEPS), state: stepState }).meta({ id: 'SetupStep' });
export type SetupStep = z.infer<typeof setupStep>;
export const setupSteps = z.object({ items: z.array(setupStep) }).meta({ id: 'SetupSteps' });
export const setupStepInput = z.strictObject({ state: stepState }).meta({ id: 'SetupStepInput' });
export const setupStepKey = z.enum(SETUP_STEPS);
