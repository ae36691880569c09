import { z } from 'zod';
import { deviceSettings, provisioningLink } from '../devices/devices.schema.ts';
import { emailField, languageField, lineText, pageOf, passwordField, sortedPageQuery, timeText } from '../http/index.ts';
import { SIGNUP_STATES } from './signup-lifecycle.ts';

export const newSignup = z
  .strictObject({
    name: lineText(120),
    email: emailField,
    password: passwordField,
    acceptTerms: z.boolean().optional(),
    language: languageField.optional(),
  })
  .meta({ id: 'NewSignup' });
export type NewSignup = z.infer<typeof newSignup>;

export const signupConfirm = z.strictObject({ token: z.string().min(20).max(100) }).meta({ id: 'SignupConfirm' });
export type SignupConfirm = z.infer<typeof signupConfirm>;

/** `active`: number, SIP password (shown this once) and what a phone needs; the session cookie is set. `pending`: an administrator decides. */
export const signupConfirmed = z
  .object({
    status: z.enum(['active', 'pending']),
    number: z.string().nullable(),
    sipPassword: z.string().nullable(),
    device: deviceSettings.nullable(),
    provisioning: provisioningLink.nullable(),
  })
  .meta({ id: 'SignupConfirmed' });
export type SignupConfirmed = z.infer<typeof signupConfirmed>;

export const signup = z
  .object({
    id: z.int(),
    state: z.enum(SIGNUP_STATES),
    name: z.string(),
    email: z.string(),
    language: languageField,
    address: z.string(),
    createdAt: timeText,
    expiresAt: timeText,
    confirmedAt: timeText.nullable(),
    decidedAt: timeText.nullable(),
    decidedBy: z.string().nullable(),
    subscriberId: z.int().nullable(),
  })
  .meta({ id: 'Signup' });
export const signupPage = pageOf(signup).meta({ id: 'SignupPage' });

export const signupQuery = sortedPageQuery(['createdAt', 'name', 'email', 'state'], '-createdAt').extend({
  state: z.enum(SIGNUP_STATES).optional(),
});
export type SignupQuery = z.infer<typeof signupQuery>;

export const signupRejection = z.strictObject({ reason: lineText(500, 0).default('') }).meta({ id: 'SignupRejection' });
export type SignupRejection = z.infer<typeof signupRejection>;
