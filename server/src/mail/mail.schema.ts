import { z } from 'zod';
import { emailField, languageField, lineText, pageOf, sortedPageQuery, timeText } from '../http/index.ts';
import { MAIL_TEMPLATES } from '../settings/settings.schema.ts';
import { MAIL_STATES } from './outbox.entity.ts';

export { MAIL_STATES };

export const outboxMail = z
  .object({
    id: z.int(),
    to: z.string(),
    template: z.string(),
    language: languageField,
    subject: z.string(),
    state: z.enum(MAIL_STATES),
    attempts: z.int(),
    nextAttemptAt: timeText.nullable(),
    lastError: z.string().nullable(),
    createdAt: timeText,
    sentAt: timeText.nullable(),
    attachmentName: z.string().nullable(),
  })
  .meta({ id: 'OutboxMail' });
export type OutboxMail = z.infer<typeof outboxMail>;

export const outboxMailWithText = outboxMail.extend({ text: z.string() }).meta({ id: 'OutboxMailWithText' });

export const outboxPage = pageOf(outboxMail).meta({ id: 'OutboxPage' });

export const outboxQuery = sortedPageQuery(['createdAt', 'to', 'state'], '-createdAt').extend({ state: z.enum(MAIL_STATES).optional() });
export type OutboxQuery = z.infer<typeof outboxQuery>;

export const mailRetry = z.strictObject({ ids: z.array(z.int()).min(1).max(1000) }).meta({ id: 'OutboxRetry' });
export type MailRetry = z.infer<typeof mailRetry>;

export const mailsQueued = z.object({ queued: z.int() }).meta({ id: 'OutboxRetried' });

export const testMail = z.strictObject({ to: emailField, language: languageField.default('en') }).meta({ id: 'TestMail' });
export type TestMail = z.infer<typeof testMail>;

const mailText = z.object({ subject: z.string(), text: z.string() });
const bothLanguages = z.object({ en: mailText, es: mailText });

export const mailTemplate = z
  .object({
    name: z.enum(MAIL_TEMPLATES),
    placeholders: z.array(z.string()),
    builtIn: bothLanguages,
    own: bothLanguages.nullable().describe('What the operator put in its place'),
  })
  .meta({ id: 'MailTemplate' });
export const mailTemplateList = z.object({ items: z.array(mailTemplate) }).meta({ id: 'MailTemplateList' });

export const mailPreviewOrder = z
  .strictObject({ template: z.enum(MAIL_TEMPLATES), subject: lineText(200, 0), text: z.string().max(10_000) })
  .meta({ id: 'MailPreviewOrder' });
export type MailPreviewOrder = z.infer<typeof mailPreviewOrder>;

export const mailPreview = z
  .object({ subject: z.string(), text: z.string(), unknown: z.array(z.string()).describe('Placeholders that this mail does not have') })
  .meta({ id: 'MailPreview' });
