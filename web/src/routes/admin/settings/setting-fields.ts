import type { Schema } from '#app/api/types.ts';

export type Settings = Schema<'Settings'>;
/** The mail texts have a dialog of their own; certificates have one of their own. */
export type SettingKey = Exclude<keyof Settings, 'mailTemplates' | 'certificateSource' | `acme${string}`>;

/** How a setting is shown and typed. Form values are text, lists are one entry a line; `nullable` ones may be empty. */
export type FieldKind =
  | { kind: 'text'; nullable?: boolean; mono?: boolean }
  | { kind: 'number'; nullable?: boolean; unit?: 'seconds' | 'hours' | 'days' }
  | { kind: 'money'; nullable?: boolean }
  | { kind: 'switch' }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'language' }
  | { kind: 'currency' }
  | { kind: 'timeZone' }
  | { kind: 'lines' }
  | { kind: 'terms' };

export interface SettingSection {
  id: 'company' | 'sip' | 'services' | 'media' | 'money' | 'signup' | 'mail' | 'voicemail' | 'access' | 'pages';
  fields: readonly (readonly [SettingKey, FieldKind])[];
}

/** The settings page as data: every section on one page, so that the browser's own search finds everything. */
export const settingSections: readonly SettingSection[] = [
  {
    id: 'company',
    fields: [
      ['operatorName', { kind: 'text' }],
      ['publicUrl', { kind: 'text', nullable: true, mono: true }],
      ['defaultLanguage', { kind: 'language' }],
      ['timeZone', { kind: 'timeZone' }],
    ],
  },
  {
    id: 'sip',
    fields: [
      ['sipDomain', { kind: 'text', mono: true }],
      ['sipPublicHost', { kind: 'text', nullable: true, mono: true }],
      ['stunServer', { kind: 'text', nullable: true, mono: true }],
      ['digestAlgorithms', { kind: 'lines' }],
      ['recordRouteLrOn', { kind: 'switch' }],
      ['acceptStrangers', { kind: 'switch' }],
      ['allowForeignCalls', { kind: 'switch' }],
      ['registerMinExpires', { kind: 'number', unit: 'seconds' }],
      ['registerMaxExpires', { kind: 'number', unit: 'seconds' }],
      ['registerDefaultExpires', { kind: 'number', unit: 'seconds' }],
      ['maxContacts', { kind: 'number' }],
      ['ringSeconds', { kind: 'number', unit: 'seconds' }],
      ['maxCallSeconds', { kind: 'number', unit: 'seconds', nullable: true }],
      ['sessionExpires', { kind: 'number', unit: 'seconds' }],
      ['minSessionExpires', { kind: 'number', unit: 'seconds' }],
      ['keepAliveSeconds', { kind: 'number', unit: 'seconds' }],
      ['sipAsymmetricAgents', { kind: 'lines' }],
      ['rtpAsymmetricAgents', { kind: 'lines' }],
    ],
  },
  {
    id: 'media',
    fields: [
      ['mediaRelay', { kind: 'choice', values: ['when-needed', 'always'] }],
      ['mediaEngine', { kind: 'choice', values: ['built-in', 'rtpengine'] }],
      ['rtpengineNodes', { kind: 'lines' }],
      ['rtpengineTranscode', { kind: 'lines' }],
      ['rtpSilenceSeconds', { kind: 'number', unit: 'seconds', nullable: true }],
      ['recordingBeepSeconds', { kind: 'number', unit: 'seconds', nullable: true }],
      ['recordingKeepDays', { kind: 'number', unit: 'days', nullable: true }],
    ],
  },
  {
    id: 'services',
    fields: [
      ['announcements', { kind: 'switch' }],
      ['minutesLeftBelow', { kind: 'number' }],
      ['lastMinuteWarning', { kind: 'switch' }],
      ['adHocConferences', { kind: 'switch' }],
    ],
  },
  {
    id: 'money',
    fields: [['currency', { kind: 'currency' }]],
  },
  {
    id: 'signup',
    fields: [
      ['signupPolicy', { kind: 'choice', values: ['open', 'approval', 'closed'] }],
      ['signupFirstNumber', { kind: 'text' }],
      ['signupLastNumber', { kind: 'text' }],
      ['signupStartCredit', { kind: 'money' }],
      ['signupMailDomains', { kind: 'lines' }],
      ['signupLinkHours', { kind: 'number', unit: 'hours' }],
      ['newAccountMaxCalls', { kind: 'number' }],
      ['newAccountDailyCap', { kind: 'money', nullable: true }],
      ['newAccountGroups', { kind: 'lines' }],
      ['terms', { kind: 'terms' }],
    ],
  },
  {
    id: 'mail',
    fields: [
      ['smtpUrl', { kind: 'text', nullable: true, mono: true }],
      ['mailFrom', { kind: 'text', nullable: true }],
    ],
  },
  {
    id: 'voicemail',
    fields: [
      ['voicemailMaxSeconds', { kind: 'number', unit: 'seconds' }],
      ['voicemailMinSeconds', { kind: 'number', unit: 'seconds' }],
      ['voicemailSilenceSeconds', { kind: 'number', unit: 'seconds' }],
      ['voicemailRetentionDays', { kind: 'number', unit: 'days', nullable: true }],
      ['voicemailMaxMessages', { kind: 'number' }],
      ['voicemailMaxMinutes', { kind: 'number' }],
      ['mwiUnsolicited', { kind: 'switch' }],
    ],
  },
  {
    id: 'access',
    fields: [
      ['adminNetworks', { kind: 'lines' }],
      ['requireSecondFactor', { kind: 'switch' }],
      ['banAfterFailures', { kind: 'number' }],
      ['banWithinSeconds', { kind: 'number', unit: 'seconds' }],
      ['banSeconds', { kind: 'number', unit: 'seconds' }],
    ],
  },
  {
    id: 'pages',
    fields: [
      ['sessionHours', { kind: 'number', unit: 'hours' }],
      ['backupKeep', { kind: 'number' }],
    ],
  },
];

export const fieldKinds: ReadonlyMap<SettingKey, FieldKind> = new Map(settingSections.flatMap((section) => section.fields));

/** What a form holds: text for all but switches and the two texts of the terms. */
export type FormValue = string | boolean;
export type FormValues = Record<string, FormValue>;

/** A setting as the form shows it. */
export function toForm(settings: Settings): FormValues {
  const values: FormValues = {};
  for (const [key, { kind }] of fieldKinds) {
    const value = settings[key];
    if (kind === 'terms') {
      values['terms.en'] = settings.terms.en;
      values['terms.es'] = settings.terms.es;
    } else if (typeof value === 'boolean') values[key] = value;
    else if (Array.isArray(value)) values[key] = value.join('\n');
    else values[key] = value === null || value === undefined ? '' : String(value);
  }
  return values;
}

/** One form value as the server wants it; a number that is none goes as text, so that the server names the fault. */
export function fromForm(kind: FieldKind, value: FormValue): unknown {
  if (typeof value === 'boolean') return value;
  const text = value.trim();
  if ('nullable' in kind && kind.nullable && text === '') return null;
  if (kind.kind === 'number') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (kind.kind === 'lines')
    return text
      .split(/[\n,]+/)
      .map((line) => line.trim())
      .filter(Boolean);
  return text;
}

/** The fields that differ from what the server has, as the body of a PATCH. */
export function changesOf(before: FormValues, after: FormValues): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [key, kind] of fieldKinds) {
    if (kind.kind === 'terms') {
      if (before['terms.en'] !== after['terms.en'] || before['terms.es'] !== after['terms.es'])
        body.terms = { en: after['terms.en'], es: after['terms.es'] };
    } else if (before[key] !== after[key]) body[key] = fromForm(kind, after[key] ?? '');
  }
  return body;
}
