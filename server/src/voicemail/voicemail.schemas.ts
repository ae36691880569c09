import { z } from 'zod';
import { pageOf, pageQuery, timeText } from '../http/index.ts';
import { MAIL_STATES } from '../mail/mail.schema.ts';
import { GREETINGS } from './voicemail-files.ts';

const keptState = z.enum(['new', 'saved', 'deleted']);

export const voicemailMessage = z
  .object({
    id: z.int(),
    state: keptState,
    callId: z.string(),
    why: z.enum(['busy', 'no-answer', 'not-registered', 'do-not-disturb']),
    callerNumber: z.string().describe('Empty: hidden'),
    callerName: z.string(),
    seconds: z.number(),
    receivedAt: timeText,
    deletedAt: timeText.nullable(),
    mail: z
      .object({ state: z.enum(MAIL_STATES), lastError: z.string().nullable(), nextAttemptAt: timeText.nullable() })
      .nullable()
      .describe('null: it was not mailed'),
  })
  .meta({ id: 'VoicemailMessage' });
export const voicemailPage = pageOf(voicemailMessage).meta({ id: 'VoicemailPage' });

export const voicemailQuery = pageQuery.omit({ q: true }).extend({ state: keptState.optional().describe('Default: new and saved') });
export type VoicemailQuery = z.infer<typeof voicemailQuery>;

export const messagePatch = z.strictObject({ state: keptState }).meta({ id: 'VoicemailMessagePatch' });
export type MessagePatch = z.infer<typeof messagePatch>;

export const audioQuery = z.strictObject({ download: z.enum(['true']).optional() });
export type AudioQuery = z.infer<typeof audioQuery>;

export const greetingKind = z.enum(GREETINGS);

const greeting = z
  .object({ kind: greetingKind, seconds: z.number().nullable().describe('null: none of his own') })
  .meta({ id: 'VoicemailGreeting' });

const usage = {
  newMessages: z.int(),
  savedMessages: z.int(),
  usedSeconds: z.number(),
  maxMessages: z.int(),
  maxSeconds: z.int(),
};
const choices = {
  takesMessages: z.boolean(),
  mailMessages: z.boolean(),
  attachRecording: z.boolean(),
  deleteAfterMailing: z.boolean().describe('A message whose recording was mailed is deleted here'),
  language: z.string().nullable().describe('Of the spoken words; null: the language of the subscriber'),
};

export const myVoicemail = z
  .object({
    ...usage,
    ...choices,
    permitted: z.boolean().describe('An administrator gave him a mailbox'),
    doNotDisturb: z.boolean(),
    hasPin: z.boolean(),
    retentionDays: z.int().nullable(),
    email: z.string().nullable(),
    canMail: z.boolean().describe('A mail server is set'),
    languages: z.array(z.string()),
    code: z.string().nullable().describe('Number to dial for the own mailbox'),
    otherCode: z.string().nullable().describe('Number to dial from the phone of somebody else; needs the PIN'),
    greetings: z.array(greeting),
  })
  .meta({ id: 'MyVoicemail' });
export type MyVoicemail = z.infer<typeof myVoicemail>;

export const myVoicemailPatch = z
  .strictObject({ ...choices, language: languageName().nullable(), doNotDisturb: z.boolean() })
  .partial()
  .meta({ id: 'MyVoicemailPatch' });
export type MyVoicemailPatch = z.infer<typeof myVoicemailPatch>;

export const newPin = z
  .strictObject({
    pin: z
      .string()
      .regex(/^\d{4,10}$/, { error: 'Expected 4 to 10 digits' })
      .nullable()
      .describe('null: none'),
  })
  .meta({ id: 'VoicemailPin' });
export type NewPin = z.infer<typeof newPin>;

/** What an administrator sees: never what is in the messages. */
export const mailboxView = z
  .object({
    ...usage,
    takesMessages: z.boolean(),
    permitted: z.boolean(),
    hasPin: z.boolean(),
    mailMessages: z.boolean(),
    ownMaxMessages: z.int().nullable().describe('null: as the settings say'),
    ownMaxMinutes: z.int().nullable(),
    ownRetentionDays: z.int().nullable(),
    retentionDays: z.int().nullable(),
  })
  .meta({ id: 'Mailbox' });
export type MailboxView = z.infer<typeof mailboxView>;

export const mailboxPatch = z
  .strictObject({
    takesMessages: z.boolean(),
    maxMessages: z.int().min(1).max(10_000).nullable(),
    maxMinutes: z.int().min(1).max(10_000).nullable(),
    retentionDays: z.int().min(1).max(3650).nullable(),
  })
  .partial()
  .meta({ id: 'MailboxPatch' });
export type MailboxPatch = z.infer<typeof mailboxPatch>;

function languageName() {
  return z.string().regex(/^[a-z]{2,3}$/, { error: 'Expected a language such as en' });
}
