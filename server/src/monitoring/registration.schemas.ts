import { z } from 'zod';
import { idParam, pageOf, sortedPageQuery, timeText } from '../http/index.ts';

export const registration = z
  .object({
    id: z.int(),
    subscriberId: z.int(),
    aor: z.string(),
    number: z.string(),
    displayName: z.string(),
    contact: z.string(),
    q: z.number().describe('0 to 1; higher rings first'),
    expiresAt: timeText.nullable().describe('null: for good, added by an administrator'),
    registeredAt: timeText,
    refreshedAt: timeText,
    source: z.string().nullable().describe('Where the REGISTER came from, address:port'),
    transport: z.string().nullable(),
    behindNat: z.boolean(),
    rttMs: z.number().nullable().describe('Round trip of the last keep-alive that was answered; null: not asked, or none yet'),
    unreachable: z.boolean().describe('It has not answered the last keep-alives, or there is no way to it'),
    userAgent: z.string().nullable(),
    callId: z.string(),
    cseq: z.int(),
  })
  .meta({ id: 'Registration' });
export type RegistrationDto = z.infer<typeof registration>;

export const registrationQuery = sortedPageQuery(['number', 'registeredAt', 'refreshedAt', 'expiresAt'], 'number').extend({
  subscriberId: idParam.optional(),
});
export type RegistrationQuery = z.output<typeof registrationQuery>;

export const registrationPage = pageOf(registration).meta({ id: 'RegistrationPage' });
export const registrationList = z.object({ items: z.array(registration) }).meta({ id: 'RegistrationList' });

export const newRegistration = z
  .strictObject({
    subscriberId: z.int().min(1),
    contact: z
      .string()
      .trim()
      .max(400)
      .regex(/^sips?:[^\s<>"?]+$/, { error: 'Expected a SIP URI such as sip:desk@192.0.2.10:5060' }),
    q: z.number().min(0).max(1).optional(),
    expiresSeconds: z.int().min(60).max(31_536_000).nullable().optional().describe('null or left out: for good'),
  })
  .meta({ id: 'NewRegistration' });
export type NewRegistration = z.output<typeof newRegistration>;
