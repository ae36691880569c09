import { z } from 'zod';
import {
  amountInput,
  emailField,
  idParam,
  languageField,
  lineText,
  moneyInput,
  moneyText,
  pageOf,
  passwordField,
  sortedPageQuery,
  timeText,
} from '../http/index.ts';

/**
 * Groups of the access list (H-6): what a subscriber may call. `free-pstn` lets him call gateways without being charged, `prompts` lets him
 * record what callers hear.
 */
export const groupNames = ['local', 'ld', 'int', 'voicemail', 'free-pstn', 'prompts'] as const;
export const group = z.enum(groupNames);
export type Group = z.infer<typeof group>;

/** A user part that every phone can type and no dial plan takes for a call abroad. */
export const subscriberNumber = z
  .string()
  .trim()
  .regex(/^(?!00)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: 'Expected digits or letters, not starting with 00' });

export const domainName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9:[\]]([a-z0-9.:[\]-]*[a-z0-9:[\]])?$/, { error: 'Expected a domain such as sip.example.org' });

/** Any printable password is accepted from an administrator: old phones cannot type more. */
export const sipPassword = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7e]+$/, { error: 'Expected ASCII signs without blanks' });

const callerId = z.string().regex(/^[0-9]{3,15}$/, { error: 'Expected 3 to 15 digits: the E.164 number without +' });
const status = z.enum(['active', 'suspended', 'closed']);
const kind = z.enum(['prepaid', 'postpaid']);
const groups = z
  .array(group)
  .max(groupNames.length)
  .transform((names) => [...new Set(names)].sort());
const maxCalls = z.int().min(1).max(10_000);

export const newSubscriber = z
  .strictObject({
    number: subscriberNumber,
    domain: domainName.optional().describe('Default: the domain of the settings'),
    displayName: lineText(120, 0).optional(),
    email: emailField.nullable().optional(),
    language: languageField.optional(),
    sipPassword: sipPassword.optional().describe('Left out: a strong one is made and answered once'),
    portalPassword: passwordField.optional().describe('Left out: the SIP password opens the pages too'),
    groups: groups.optional().describe('Default: local, voicemail'),
    maxCalls: maxCalls.optional(),
    tariffId: z.int().min(1).optional(),
    kind: kind.optional(),
    creditLimit: amountInput.optional(),
    dailyCap: amountInput.nullable().optional(),
    balance: moneyInput.optional().describe('Opening balance'),
    callerId: callerId.nullable().optional(),
  })
  .refine((body) => body.kind === 'postpaid' || !body.creditLimit, { path: ['creditLimit'], error: 'Only postpaid accounts have a limit' })
  .refine((body) => (body.balance ?? 0) >= -(body.creditLimit ?? 0), { path: ['balance'], error: 'Not below what the account may owe' })
  .meta({ id: 'NewSubscriber' });
export type NewSubscriber = z.output<typeof newSubscriber>;

export const subscriberPatch = z
  .strictObject({
    displayName: lineText(120, 0),
    email: emailField.nullable(),
    language: languageField,
    status: z.enum(['active', 'suspended']),
    groups,
    maxCalls,
    tariffId: z.int().min(1),
    kind,
    creditLimit: amountInput,
    dailyCap: amountInput.nullable(),
    callerId: callerId.nullable(),
    selfSignedUp: z.boolean().describe('false lifts the limits of a new account'),
    doNotDisturb: z.boolean().describe('No phone of his rings'),
    takesMessages: z.boolean().describe('His mailbox takes messages, where the group voicemail gives him one'),
    recordCalls: z.boolean().describe('His calls are recorded, those he makes and those he answers'),
  })
  .partial()
  .meta({ id: 'SubscriberPatch' });
export type SubscriberPatch = z.output<typeof subscriberPatch>;

export const sortFields = ['number', 'displayName', 'email', 'status', 'balance', 'createdAt', 'lastCallAt'] as const;

export const subscriberQuery = sortedPageQuery(sortFields, 'number').extend({
  number: z.string().max(64).optional().describe('Exactly this number'),
  domain: z.string().max(253).toLowerCase().optional(),
  status: status.optional().describe('Default: all but closed ones'),
  kind: kind.optional(),
  group: group.optional(),
  online: z.enum(['true', 'false']).optional(),
  tariffId: idParam.optional(),
  selfSignedUp: z.enum(['true', 'false']).optional(),
});
export type SubscriberQuery = z.output<typeof subscriberQuery>;

export const subscriberRow = z
  .object({
    id: z.int(),
    number: z.string(),
    domain: z.string(),
    displayName: z.string(),
    email: z.string().nullable(),
    status,
    kind,
    groups: z.array(group),
    tariffId: z.int(),
    selfSignedUp: z.boolean(),
    balance: moneyText,
    held: moneyText.describe('Reserved by calls under way'),
    available: moneyText.describe('Balance plus credit limit minus held'),
    online: z.boolean(),
    lastCallAt: timeText.nullable(),
    createdAt: timeText,
  })
  .meta({ id: 'SubscriberRow' });
export type SubscriberRow = z.infer<typeof subscriberRow>;

export const subscriberPage = pageOf(subscriberRow).meta({ id: 'SubscriberPage' });

export const subscriberDetail = subscriberRow
  .extend({
    language: languageField,
    callerId: z.string().nullable(),
    maxCalls: z.int(),
    creditLimit: moneyText,
    dailyCap: moneyText.nullable(),
    activeCalls: z.int(),
    doNotDisturb: z.boolean(),
    takesMessages: z.boolean(),
    recordCalls: z.boolean(),
    hasPortalPassword: z.boolean().describe('false: the SIP password opens the pages too'),
    numbers: z.array(z.object({ id: z.int(), number: z.string(), kind: z.enum(['alias', 'did']) })),
    updatedAt: timeText,
    closedAt: timeText.nullable(),
  })
  .meta({ id: 'Subscriber' });
export type SubscriberDetail = z.infer<typeof subscriberDetail>;

export const createdSubscriber = z
  .object({
    subscriber: subscriberDetail,
    sipPassword: z.string().nullable().describe('The password made for him, shown this once; null when you gave one'),
    weakPassword: z.boolean().describe('The password given is short enough to be guessed'),
  })
  .meta({ id: 'CreatedSubscriber' });

export const newSipPassword = z.strictObject({ password: sipPassword.optional() }).meta({ id: 'NewSipPassword' });
export type NewSipPassword = z.output<typeof newSipPassword>;
export const shownSipPassword = z
  .object({ sipPassword: z.string().nullable(), weakPassword: z.boolean() })
  .meta({ id: 'ShownSipPassword' });

export const newPortalPassword = z.strictObject({ password: passwordField }).meta({ id: 'NewPortalPassword' });
export type NewPortalPassword = z.output<typeof newPortalPassword>;

export const groupList = z.strictObject({ groups }).meta({ id: 'GroupList' });
export type GroupList = z.output<typeof groupList>;

/** What the portal says about the own permissions. */
export const myPermissions = z
  .object({
    abroad: z.boolean(),
    abroadFree: z.boolean().describe('Calls abroad are not charged'),
    abroadRefusal: z.enum(['new-account', 'not-permitted']).nullable().describe('Why calls abroad are refused'),
    maxCalls: z.int().describe('Calls at once'),
  })
  .meta({ id: 'MyPermissions' });
export type MyPermissions = z.output<typeof myPermissions>;

export const newNote = z.strictObject({ text: z.string().trim().min(1).max(2000) }).meta({ id: 'NewNote' });
export type NewNote = z.output<typeof newNote>;
export const note = z.object({ id: z.int(), text: z.string(), actor: z.string(), createdAt: timeText }).meta({ id: 'Note' });
export const noteList = z.object({ items: z.array(note) }).meta({ id: 'NoteList' });

export const bulkAction = z
  .strictObject({
    ids: z.array(z.int().min(1)).min(1).max(1000),
    action: z.enum(['suspend', 'activate', 'grant', 'revoke', 'tariff']),
    group: group.optional(),
    tariffId: z.int().min(1).optional(),
  })
  .refine((body) => body.action !== 'tariff' || body.tariffId !== undefined, { path: ['tariffId'], error: 'Which tariff?' })
  .refine((body) => !['grant', 'revoke'].includes(body.action) || body.group !== undefined, { path: ['group'], error: 'Which group?' })
  .meta({ id: 'SubscriberBulkAction' });
export type BulkAction = z.output<typeof bulkAction>;
export const bulkResult = z.object({ changed: z.int() }).meta({ id: 'BulkResult' });

export const subscriberImport = z
  .strictObject({
    csv: z.string().min(1).max(32_000_000),
    domain: domainName.optional(),
    dryRun: z.boolean().optional().describe('Check only, change nothing'),
  })
  .meta({ id: 'SubscriberImport' });
export type SubscriberImport = z.output<typeof subscriberImport>;

export const subscriberImportResult = z
  .object({
    ok: z.boolean(),
    rows: z.int(),
    created: z.int(),
    errors: z.array(z.object({ row: z.int(), column: z.string(), expected: z.string(), found: z.string() })).describe('The first 1,000'),
    errorCount: z.int(),
  })
  .meta({ id: 'SubscriberImportResult' });
export type SubscriberImportResult = z.infer<typeof subscriberImportResult>;
