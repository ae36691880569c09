import { z } from 'zod';
import { timeText } from '../http/index.ts';

/** Six digits of the app, or a recovery code. Blanks in it do not matter. */
export const codeField = z.string().trim().min(1).max(40);

export const secondFactor = z
  .object({ on: z.boolean(), since: timeText.nullable(), recoveryCodesLeft: z.int() })
  .meta({ id: 'SecondFactor' });
export type SecondFactor = z.infer<typeof secondFactor>;

export const secondFactorBegin = z.strictObject({ password: z.string().min(1).max(200) }).meta({ id: 'SecondFactorBegin' });
export type SecondFactorBegin = z.infer<typeof secondFactorBegin>;

export const secondFactorEnrolment = z
  .object({
    secret: z.string().describe('Base32, to be typed into an app that cannot read the QR code'),
    uri: z.string().describe('otpauth://totp/..., to be shown as a QR code'),
  })
  .meta({ id: 'SecondFactorEnrolment' });
export type SecondFactorEnrolment = z.infer<typeof secondFactorEnrolment>;

export const secondFactorConfirm = z.strictObject({ code: codeField }).meta({ id: 'SecondFactorConfirm' });
export type SecondFactorConfirm = z.infer<typeof secondFactorConfirm>;

export const secondFactorProof = z
  .strictObject({ password: z.string().min(1).max(200), code: codeField })
  .meta({ id: 'SecondFactorProof' });
export type SecondFactorProof = z.infer<typeof secondFactorProof>;

export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' });
