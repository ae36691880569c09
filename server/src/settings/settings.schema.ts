import { isIP } from 'node:net';
import { z } from 'zod';
import { isTimeZone } from '../billing/calendar-day.ts';
import { emailField, languageField, lineText, moneyText } from '../http/fields.ts';
import { TRANSCODABLE } from '../media/rtpengine/rtpengine-session.ts';
import { hostPort, isDomain, isNetwork, isSmtpUrl } from './environment.ts';

const seconds = (min: number, max: number) => z.int().min(min).max(max);

const domainField = z
  .string()
  .trim()
  .toLowerCase()
  .refine(isDomain, { error: 'Expected a host name or IP address such as sip.example.org' });

const isWebOrigin = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === text;
};

const publicName = domainField.refine(
  (name) => isIP(name) === 0 && name.includes('.') && !/\.(local|localhost|internal|lan|home\.arpa)$/.test(name),
  {
    error: 'Expected a public host name such as phone.example.org',
  },
);

const isHttpsUrl = (text: string): boolean => URL.parse(text)?.protocol === 'https:';

/** Where a certificate comes from: ours, an authority asked by ACME, or the operator. */
export const CERTIFICATE_SOURCES = ['self-signed', 'acme', 'uploaded'] as const;

/** Networks that no stranger is in: private (RFC 1918, RFC 4193), link-local and loopback addresses. */
export const PRIVATE_NETWORKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
] as const;

/** `smtp://user:***@host`: what a reader sees instead of the password; sent back, it keeps the password that is stored. */
export const HIDDEN_PASSWORD = '***';

/** The beginning of a User-Agent, `*` for any text. */
const agentPatterns = z.array(lineText(100)).max(100);

/** Subject and text of one mail; `{{name}}` stands for a value. */
const mailText = z.strictObject({ subject: lineText(200), text: z.string().trim().min(1).max(10_000) });
const bothLanguages = <T extends z.ZodType>(text: T) => z.strictObject({ en: text, es: text });

export const MAIL_TEMPLATES = [
  'signup-confirm',
  'signup-exists',
  'signup-approved',
  'signup-rejected',
  'signup-waiting',
  'password-reset',
  'email-confirm',
  'email-changed',
  'voicemail',
  'backup-failed',
  'alarm',
  'test',
] as const;
export type MailTemplateName = (typeof MAIL_TEMPLATES)[number];

export const MEDIA_ENGINES = ['built-in', 'rtpengine'] as const;

export const CHALLENGE_ALGORITHMS = ['MD5', 'SHA-256'] as const;

/**
 * All that an operator can change while the server runs. One flat object: one page, one table row a key. Durations are seconds, money is text.
 * A key that is not stored has its default.
 */
const fields = {
  // The company
  operatorName: lineText(80).describe('Name shown on pages and in mails'),
  publicUrl: z
    .string()
    .trim()
    .refine(isWebOrigin, { error: 'Expected an origin such as https://phone.example.org, without a path' })
    .nullable()
    .describe('Address of the web pages as people reach it; links in mails and QR codes start with it'),
  defaultLanguage: languageField,
  timeZone: z
    .string()
    .refine(isTimeZone, { error: 'Expected a time zone such as Europe/Madrid' })
    .describe('Whose midnight ends the day of daily caps and of the figures of today, and whose clock starts the jobs (IANA name)'),

  // SIP
  sipDomain: domainField.describe('Domain of new subscribers: sip:number@domain'),
  sipPublicHost: z
    .string()
    .trim()
    .toLowerCase()
    .refine(isDomain, { error: 'Expected a host name or IP address' })
    .nullable()
    .describe('Host phones should register at, where it differs from the domain'),
  stunServer: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/, { error: 'Expected host or host:port' })
    .nullable(),
  digestAlgorithms: z
    .array(z.enum(CHALLENGE_ALGORITHMS))
    .min(1)
    .max(2)
    .refine((list) => new Set(list).size === list.length, { error: 'Each algorithm once' })
    .describe('Offered to phones in this order'),
  recordRouteLrOn: z.boolean().describe('Write ;lr=on for phones that do not understand ;lr'),
  registerMinExpires: seconds(1, 3600),
  registerMaxExpires: seconds(60, 86_400),
  registerDefaultExpires: seconds(60, 86_400),
  maxContacts: z.int().min(1).max(50).describe('Contacts of one subscriber at a time'),
  acceptStrangers: z.boolean().describe('Callers from foreign domains may ring our subscribers without logging in'),
  allowForeignCalls: z.boolean().describe('Subscribers may call SIP addresses of foreign domains; such calls are not charged'),
  ringSeconds: seconds(5, 180),
  maxCallSeconds: seconds(60, 86_400).nullable().describe('Longest call; empty for no limit'),
  sessionExpires: seconds(90, 7200).describe('Session timer on gateway calls (RFC 4028)'),
  minSessionExpires: seconds(90, 7200),

  // NAT
  keepAliveSeconds: seconds(0, 3600)
    .refine((value) => value === 0 || value >= 5, { error: 'Expected 0, which sends none, or at least 5 seconds' })
    .describe('Phones behind a NAT are sent an OPTIONS so often, which keeps the way to them open; 0 sends none'),
  sipAsymmetricAgents: agentPatterns.describe('User-Agents of phones that send SIP from another port than they listen on'),
  rtpAsymmetricAgents: agentPatterns.describe('User-Agents of phones that send media from another port than they listen on'),

  // Media
  mediaEngine: z.enum(MEDIA_ENGINES).describe('Who relays the media of new calls: this server itself, or rtpengine'),
  rtpengineNodes: z
    .array(
      z
        .string()
        .trim()
        .refine((text) => hostPort(text) !== undefined, { error: 'Expected host:port such as 192.0.2.7:2223' }),
    )
    .max(20)
    .describe('Control addresses of rtpengine servers; none: this server starts one of its own'),
  rtpengineTranscode: z
    .array(z.enum(TRANSCODABLE))
    .max(TRANSCODABLE.length)
    .describe('Codecs rtpengine may translate to and from; with any of them it relays every call'),
  mediaRelay: z
    .enum(['when-needed', 'always'])
    .describe('Relay the media of every call, or only where the two sides do not reach each other'),
  rtpSilenceSeconds: seconds(5, 3600)
    .nullable()
    .describe('A relayed call is ended when no media came from either side for so long; empty: never'),
  recordingBeepSeconds: seconds(5, 600).nullable().describe('How often both sides of a recorded call hear a beep; empty: never'),
  recordingKeepDays: z.int().min(1).max(3650).nullable().describe('Recordings are deleted after so many days; empty: never'),

  // Services
  announcements: z.boolean().describe('Say in words why a call is refused, in early media for which nobody pays'),
  minutesLeftBelow: z
    .int()
    .min(0)
    .max(60)
    .describe('Tell callers how many minutes their credit lasts when it is fewer than these; 0: never'),
  lastMinuteWarning: z
    .boolean()
    .describe(
      'Say "one minute left" while talking; paid calls whose credit lasts less than an hour are relayed for it, but those through a gateway that says never',
    ),
  adHocConferences: z.boolean().describe('A conference room that nobody set up is opened by whoever dials its number first'),

  // Money
  currency: z.string().regex(/^[A-Z]{3}$/, { error: 'Expected a three-letter currency code such as EUR' }),

  // Sign-up
  signupPolicy: z.enum(['open', 'approval', 'closed']),
  signupFirstNumber: z.string().regex(/^[1-9]\d{1,14}$/, { error: 'Expected 2 to 15 digits, not starting with 0' }),
  signupLastNumber: z.string().regex(/^[1-9]\d{1,14}$/, { error: 'Expected 2 to 15 digits, not starting with 0' }),
  signupStartCredit: moneyText.regex(/^[^-]/, { error: 'Expected zero or more' }),
  signupMailDomains: z.array(domainField).max(100).describe('Only addresses of these mail domains may sign up; empty for all'),
  signupLinkHours: z.int().min(1).max(168),
  newAccountMaxCalls: z.int().min(1).max(100),
  newAccountDailyCap: moneyText.regex(/^[^-]/, { error: 'Expected zero or more' }).nullable(),
  newAccountGroups: z
    .array(z.string().regex(/^[a-z0-9-]{1,30}$/, { error: 'Expected a group such as local' }))
    .max(20)
    .refine((groups) => !groups.includes('int'), { error: 'Calls abroad are allowed by an administrator, one subscriber at a time' }),
  terms: bothLanguages(z.string().trim().max(50_000)).describe('Terms and conditions, accepted at sign-up; empty text asks for nothing'),

  // Mail
  smtpUrl: z
    .string()
    .trim()
    .max(500)
    .refine(isSmtpUrl, { error: 'Expected smtp://user:password@host:port or smtps://...' })
    .nullable()
    .describe('The password is never shown again'),
  mailFrom: emailField.nullable(),
  mailTemplates: z.partialRecord(z.enum(MAIL_TEMPLATES), bothLanguages(mailText)).describe('Texts that replace the built-in ones'),

  // Pages
  sessionHours: z.int().min(1).max(720).describe('A session ends after this time without use'),

  // Certificates
  certificateSource: z.enum(CERTIFICATE_SOURCES).describe('Which certificate browsers and phones are shown'),
  acmeNames: z.array(publicName).max(20).describe('Public names a certificate is ordered for; empty: none is ordered'),
  acmeEmail: emailField.nullable().describe('Where the authority writes to when something is wrong with the certificate'),
  acmeDirectoryUrl: z
    .string()
    .trim()
    .max(500)
    .refine(isHttpsUrl, { error: 'Expected https://..., the directory of an ACME authority' })
    .describe('The authority that is asked (RFC 8555)'),
  acmeTermsAccepted: z.boolean().describe('The terms of that authority have been read and accepted'),

  // Access
  adminNetworks: z
    .array(z.string().trim().refine(isNetwork, { error: 'Expected an address or a network such as 192.168.0.0/16' }))
    .min(1)
    .max(100)
    .describe('Where administrators may work from; this machine itself always may'),
  requireSecondFactor: z.boolean().describe('An administrator without a second factor can do nothing before he has set one up'),
  banAfterFailures: z.int().min(3).max(1000).describe('Wrong passwords, of phones and on pages, after which an address is banned'),
  banWithinSeconds: seconds(10, 86_400).describe('The time in which they are counted'),
  banSeconds: seconds(60, 30 * 86_400).describe('How long a ban lasts'),

  // Voicemail
  voicemailMaxSeconds: seconds(10, 1800).describe('Longest message'),
  voicemailMinSeconds: seconds(0, 30).describe('A shorter message is not kept'),
  voicemailSilenceSeconds: seconds(0, 60).describe('Silence that ends a message; 0 for never'),
  voicemailMaxMessages: z.int().min(1).max(10_000).describe('Messages in one mailbox, unless it has a limit of its own'),
  voicemailMaxMinutes: z.int().min(1).max(10_000).describe('Minutes in one mailbox, unless it has a limit of its own'),
  voicemailRetentionDays: z.int().min(1).max(3650).nullable().describe('Messages are removed after so many days; empty: never'),
  mwiUnsolicited: z.boolean().describe('Tell phones of waiting messages also when they did not subscribe to it'),

  // Backup
  backupKeep: z.int().min(1).max(365),
} as const;

export const settingsSchema = z.strictObject(fields).meta({ id: 'Settings' });
export type Settings = z.infer<typeof settingsSchema>;
export type SettingKey = keyof Settings;

export const settingsPatch = z.strictObject(fields).partial().meta({ id: 'SettingsPatch' });
export type SettingsPatch = z.infer<typeof settingsPatch>;

/** What a new installation starts with; the environment may propose another domain and currency, the machine its time zone. */
export const defaultSettings: Settings = {
  operatorName: 'Dialtone',
  publicUrl: null,
  defaultLanguage: 'en',
  timeZone: 'UTC',
  sipDomain: 'localhost',
  sipPublicHost: null,
  stunServer: null,
  // MD5 first: common phones take the first challenge or fail on one they do not know (RFC 8760 2.4 lets the server choose).
  digestAlgorithms: ['MD5', 'SHA-256'],
  recordRouteLrOn: false,
  registerMinExpires: 60,
  registerMaxExpires: 3600,
  registerDefaultExpires: 3600,
  maxContacts: 10,
  acceptStrangers: false,
  allowForeignCalls: false,
  ringSeconds: 45,
  maxCallSeconds: 4 * 3600,
  sessionExpires: 1800,
  minSessionExpires: 90,
  keepAliveSeconds: 30,
  sipAsymmetricAgents: [],
  rtpAsymmetricAgents: [],
  mediaEngine: 'built-in',
  rtpengineNodes: [],
  rtpengineTranscode: [],
  mediaRelay: 'when-needed',
  rtpSilenceSeconds: 60,
  recordingBeepSeconds: 15,
  recordingKeepDays: 90,

  announcements: true,
  minutesLeftBelow: 5,
  lastMinuteWarning: true,
  adHocConferences: true,
  currency: 'EUR',
  signupPolicy: 'open',
  signupFirstNumber: '10000',
  signupLastNumber: '99999',
  signupStartCredit: '0.00',
  signupMailDomains: [],
  signupLinkHours: 24,
  newAccountMaxCalls: 2,
  newAccountDailyCap: '10.00',
  newAccountGroups: ['local', 'voicemail'],
  terms: { en: '', es: '' },
  smtpUrl: null,
  mailFrom: null,
  mailTemplates: {},
  sessionHours: 12,
  certificateSource: 'self-signed',
  acmeNames: [],
  acmeEmail: null,
  acmeDirectoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
  acmeTermsAccepted: false,
  adminNetworks: [...PRIVATE_NETWORKS],
  requireSecondFactor: false,
  banAfterFailures: 20,
  banWithinSeconds: 300,
  banSeconds: 3600,
  voicemailMaxSeconds: 180,
  voicemailMinSeconds: 2,
  voicemailSilenceSeconds: 10,
  voicemailMaxMessages: 100,
  voicemailMaxMinutes: 60,
  voicemailRetentionDays: 180,
  mwiUnsolicited: true,
  backupKeep: 7,
};

/** Rules between fields. @returns the first fault, or undefined */
export function crossCheck(s: Settings): { field: SettingKey; message: string } | undefined {
  if (s.registerMinExpires > s.registerMaxExpires)
    return { field: 'registerMinExpires', message: 'The shortest registration is longer than the longest' };
  if (s.registerDefaultExpires < s.registerMinExpires || s.registerDefaultExpires > s.registerMaxExpires)
    return { field: 'registerDefaultExpires', message: 'The default lies outside of the shortest and longest registration' };
  if (s.minSessionExpires > s.sessionExpires)
    return { field: 'minSessionExpires', message: 'The shortest session timer is longer than the one offered' };
  if (s.signupFirstNumber.length !== s.signupLastNumber.length)
    return { field: 'signupLastNumber', message: 'The first and the last number must have the same length' };
  if (s.signupFirstNumber > s.signupLastNumber) return { field: 'signupLastNumber', message: 'The last number is below the first' };
  return undefined;
}
