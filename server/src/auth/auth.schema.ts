import { z } from 'zod';
import { emailField, languageField, lineText, moneyText, pageOf, passwordField, timeText } from '../http/index.ts';
import { codeField } from './second-factor.schema.ts';

// --- session ---

export const loginInput = z
  .strictObject({
    login: z.string().trim().min(1).max(254),
    password: z.string().min(1).max(200),
    code: codeField.optional().describe('Asked for by 401 second-factor-required: the code of the app, or a recovery code'),
  })
  .meta({ id: 'LoginInput' });
export type LoginInput = z.infer<typeof loginInput>;

/** Who is logged in; what the pages need of him. */
export const me = z
  .object({
    role: z.enum(['admin', 'subscriber']),
    name: z.string(),
    login: z.string(),
    email: z.string().nullable(),
    language: languageField,
    adminId: z.int().nullable(),
    subscriberId: z.int().nullable(),
    number: z.string().nullable(),
    domain: z.string().nullable(),
    status: z.enum(['active', 'suspended', 'closed']).nullable(),
    secondFactorNeeded: z.boolean().describe('An administrator who must set up a second factor before he can do anything else'),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;

/** GET /session: null for a visitor, so that the page can ask without an error. */
export const sessionState = z.object({ me: me.nullable() }).meta({ id: 'SessionState' });

// --- me ---

export const mePatch = z
  .strictObject({ name: lineText(120), language: languageField })
  .partial()
  .meta({ id: 'MePatch' });
export type MePatch = z.infer<typeof mePatch>;

export const passwordChange = z
  .strictObject({ current: z.string().min(1).max(200), password: passwordField })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.infer<typeof passwordChange>;

export const emailChange = z.strictObject({ email: emailField, password: z.string().min(1).max(200) }).meta({ id: 'EmailChange' });
export type EmailChange = z.infer<typeof emailChange>;

export const emailConfirm = z.strictObject({ token: z.string().min(20).max(100) }).meta({ id: 'EmailChangeConfirm' });
export type EmailConfirm = z.infer<typeof emailConfirm>;

export const emailChanged = z.object({ email: z.string() }).meta({ id: 'EmailChanged' });

export const balance = z
  .object({
    kind: z.enum(['prepaid', 'postpaid']),
    currency: z.string(),
    balance: moneyText,
    held: moneyText,
    available: moneyText,
    creditLimit: moneyText,
    /** What may be spent on calls in one day, and what is left of it today. */
    dailyCap: moneyText.nullable(),
    dailyLeft: moneyText.nullable(),
  })
  .meta({ id: 'Balance' });

// --- forgotten password ---

export const resetRequest = z.strictObject({ login: z.string().trim().min(1).max(254) }).meta({ id: 'PasswordResetRequest' });
export type ResetRequest = z.infer<typeof resetRequest>;

export const resetConfirm = z
  .strictObject({ token: z.string().min(20).max(100), password: passwordField })
  .meta({ id: 'PasswordResetConfirm' });
export type ResetConfirm = z.infer<typeof resetConfirm>;

/** The same answer whether the account exists or not. */
export const accepted = z.object({ status: z.literal('accepted') }).meta({ id: 'Accepted' });

// --- admins ---

export const admin = z
  .object({
    id: z.int(),
    login: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    language: languageField,
    secondFactorSince: timeText.nullable(),
    createdAt: timeText,
    lastLoginAt: timeText.nullable(),
  })
  .meta({ id: 'Admin' });
export const adminPage = pageOf(admin).meta({ id: 'AdminPage' });

export const adminLogin = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z][a-z0-9._@-]{1,59}$/, { error: 'Expected 2 to 60 letters, digits, dots or dashes, starting with a letter' });

export const newAdmin = z
  .strictObject({
    login: adminLogin,
    name: lineText(120),
    email: emailField.nullable().optional(),
    language: languageField.optional(),
    password: passwordField,
  })
  .meta({ id: 'NewAdmin' });
export type NewAdmin = z.infer<typeof newAdmin>;
