import { z } from 'zod';
import { emailField, languageField, pageOf, sortedPageQuery, timeText } from '../http/index.ts';
import { MAIL_STATES } from './outbox.entity.ts';

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
  })
  .meta({ id: 'OutboxMail' });
export type OutboxMail = z.infer<typeof outboxMail>;

export const outboxMailWithText = outboxMail.extend({ text: z.string() }).meta({ id: 'OutboxMailWithText' });

export const outboxPage = pageOf(outboxMail).meta({ id: 'OutboxPage' });

export const outboxQuery = sortedPageQuery(['createdAt', 'to', 'state'], '-createdAt').extend({ state: z.enum(MAIL_STATES).optional() });
export type OutboxQuery = z.infer<typeof outboxQuery>;

export const testMail = z.strictObject({ to: emailField, language: languageField.default('en') }).meta({ id: 'TestMail' });
export type TestMail = z.infer<typeof testMail>;
