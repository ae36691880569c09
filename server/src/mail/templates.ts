import type { MailTemplateName, Settings } from '../settings/settings.schema.ts';

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Values each template may use, beside {{operator}}, {{domain}} and {{url}} which every one has. */
export interface MailValues {
  'signup-confirm': { name: string; link: string; hours: number };
  'signup-exists': { link: string };
  'signup-waiting': { name: string };
  'signup-approved': { name: string; number: string; link: string };
  'signup-rejected': { name: string; reason: string };
  'password-reset': { name: string; link: string; minutes: number };
  'email-confirm': { name: string; number: string; link: string; hours: number };
  'email-changed': { name: string; number: string; email: string };
  voicemail: {
    name: string;
    number: string;
    caller: string;
    date: string;
    duration: string;
    newMessages: number;
    link: string;
  };
  'backup-failed': { name: string; message: string };
  alarm: { title: string; text: string };
  test: Record<never, never>;
}

type Catalogue = Readonly<Record<MailTemplateName, MailText>>;

const en: Catalogue = {
  'signup-confirm': {
    subject: 'Confirm your telephone account at {{operator}}',
    text: 'Hello {{name}},\n\nopen this page to get your number at {{operator}}:\n\n{{link}}\n\nThe link works once, for {{hours}} hours. If you did not ask for an account, do nothing.\n\n{{operator}}\n{{url}}',
  },
  'signup-exists': {
    subject: 'You have an account at {{operator}}',
    text: 'Hello,\n\nsomebody, probably you, signed up at {{operator}} with this e-mail address, but it has an account already. If you forgot the password, set a new one here:\n\n{{link}}\n\nIf it was not you, do nothing.\n\n{{operator}}\n{{url}}',
  },
  'signup-waiting': {
    subject: 'Your sign-up at {{operator}} is being looked at',
    text: 'Hello {{name}},\n\nyour e-mail address is confirmed. An administrator looks at your sign-up; you get a mail when it is decided.\n\n{{operator}}\n{{url}}',
  },
  'signup-approved': {
    subject: 'Your number at {{operator}}: {{number}}',
    text: 'Hello {{name}},\n\nyour number is {{number}}. Log in to set up your phone:\n\n{{link}}\n\n{{operator}}\n{{url}}',
  },
  'signup-rejected': {
    subject: 'Your sign-up at {{operator}}',
    text: 'Hello {{name}},\n\nwe are sorry, your sign-up was not accepted.\n\n{{reason}}\n\n{{operator}}\n{{url}}',
  },
  'password-reset': {
    subject: 'New password for {{operator}}',
    text: 'Hello {{name}},\n\nopen this page to set a new password:\n\n{{link}}\n\nThe link works once, for {{minutes}} minutes. If you did not ask for it, do nothing: your password stays as it is.\n\n{{operator}}\n{{url}}',
  },
  'email-confirm': {
    subject: 'Confirm your new e-mail address at {{operator}}',
    text: 'Hello {{name}},\n\nthis shall be the e-mail address of your number {{number}} at {{operator}}. Open this page to confirm it:\n\n{{link}}\n\nThe link works once, for {{hours}} hours. If you did not ask for it, do nothing.\n\n{{operator}}\n{{url}}',
  },
  'email-changed': {
    subject: 'Your e-mail address at {{operator}} was changed',
    text: 'Hello {{name}},\n\nthe e-mail address of your number {{number}} at {{operator}} is now {{email}}. Nothing more is sent to this address.\n\nIf it was not you, tell {{operator}} at once: somebody knows your password.\n\n{{operator}}\n{{url}}',
  },
  voicemail: {
    subject: 'Voice message from {{caller}}',
    text: 'Hello {{name}},\n\n{{caller}} left a message of {{duration}} for {{number}} on {{date}}. It is attached.\n\nNew messages in your mailbox: {{newMessages}}. Listen to them here:\n\n{{link}}\n\n{{operator}}\n{{url}}',
  },
  'backup-failed': {
    subject: 'The backup of {{operator}} failed',
    text: 'Hello {{name}},\n\nthe backup of {{operator}} failed:\n\n{{message}}\n\nThe page of backups says when the last good one was made: {{url}}/admin/backups',
  },
  alarm: { subject: '{{operator}}: {{title}}', text: '{{text}}\n\nYou get this once, not again while it lasts.\n\n{{url}}' },
  test: { subject: 'Test mail from {{operator}}', text: 'This mail shows that {{operator}} can send mail.\n\n{{url}}' },
};

const es: Catalogue = {
  'signup-confirm': {
    subject: 'Confirme su cuenta de teléfono en {{operator}}',
    text: 'Hola, {{name}}:\n\nAbra esta página para recibir su número en {{operator}}:\n\n{{link}}\n\nEl enlace sirve una sola vez, durante {{hours}} horas. Si no ha pedido una cuenta, no haga nada.\n\n{{operator}}\n{{url}}',
  },
  'signup-exists': {
    subject: 'Ya tiene una cuenta en {{operator}}',
    text: 'Hola:\n\nAlguien, probablemente usted, se ha registrado en {{operator}} con esta dirección de correo, pero ya tiene una cuenta. Si ha olvidado la contraseña, puede poner una nueva aquí:\n\n{{link}}\n\nSi no ha sido usted, no haga nada.\n\n{{operator}}\n{{url}}',
  },
  'signup-waiting': {
    subject: 'Estamos revisando su registro en {{operator}}',
    text: 'Hola, {{name}}:\n\nSu dirección de correo está confirmada. Un administrador revisará su registro; le escribiremos cuando esté decidido.\n\n{{operator}}\n{{url}}',
  },
  'signup-approved': {
    subject: 'Su número en {{operator}}: {{number}}',
    text: 'Hola, {{name}}:\n\nSu número es {{number}}. Entre para configurar su teléfono:\n\n{{link}}\n\n{{operator}}\n{{url}}',
  },
  'signup-rejected': {
    subject: 'Su registro en {{operator}}',
    text: 'Hola, {{name}}:\n\nLo sentimos, su registro no ha sido aceptado.\n\n{{reason}}\n\n{{operator}}\n{{url}}',
  },
  'password-reset': {
    subject: 'Nueva contraseña para {{operator}}',
    text: 'Hola, {{name}}:\n\nAbra esta página para poner una contraseña nueva:\n\n{{link}}\n\nEl enlace sirve una sola vez, durante {{minutes}} minutos. Si no lo ha pedido, no haga nada: su contraseña no cambia.\n\n{{operator}}\n{{url}}',
  },
  'email-confirm': {
    subject: 'Confirme su nueva dirección de correo en {{operator}}',
    text: 'Hola, {{name}}:\n\nEsta será la dirección de correo de su número {{number}} en {{operator}}. Abra esta página para confirmarla:\n\n{{link}}\n\nEl enlace sirve una sola vez, durante {{hours}} horas. Si no lo ha pedido, no haga nada.\n\n{{operator}}\n{{url}}',
  },
  'email-changed': {
    subject: 'Su dirección de correo en {{operator}} ha cambiado',
    text: 'Hola, {{name}}:\n\nLa dirección de correo de su número {{number}} en {{operator}} es ahora {{email}}. A esta dirección ya no le escribiremos.\n\nSi no ha sido usted, avise enseguida a {{operator}}: alguien conoce su contraseña.\n\n{{operator}}\n{{url}}',
  },
  voicemail: {
    subject: 'Mensaje de voz de {{caller}}',
    text: 'Hola, {{name}}:\n\n{{caller}} ha dejado un mensaje de {{duration}} para {{number}} el {{date}}. Va adjunto.\n\nMensajes nuevos en su buzón: {{newMessages}}. Puede escucharlos aquí:\n\n{{link}}\n\n{{operator}}\n{{url}}',
  },
  'backup-failed': {
    subject: 'La copia de seguridad de {{operator}} ha fallado',
    text: 'Hola, {{name}}:\n\nLa copia de seguridad de {{operator}} ha fallado:\n\n{{message}}\n\nLa página de copias de seguridad dice cuándo se hizo la última buena: {{url}}/admin/backups',
  },
  alarm: {
    subject: '{{operator}}: {{title}}',
    text: '{{text}}\n\nRecibe este aviso una sola vez, no de nuevo mientras dure.\n\n{{url}}',
  },
  test: { subject: 'Correo de prueba de {{operator}}', text: 'Este correo demuestra que {{operator}} puede enviar correo.\n\n{{url}}' },
};

const builtIn = { en, es } as const;

/** A value is one line: a line break in it could make up a mail header, or a paragraph of its own. */
const oneLine = (value: string | number): string => String(value).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => oneLine(values[name] ?? ''));

/** The mail in a language: the operator's own text where there is one, else ours. */
export function renderMail<T extends MailTemplateName>(
  template: T,
  language: 'en' | 'es',
  values: MailValues[T],
  settings: Pick<Settings, 'operatorName' | 'sipDomain' | 'mailTemplates'>,
  url: string,
): MailText {
  return fillMail(settings.mailTemplates[template]?.[language] ?? builtIn[language][template], values, settings, url);
}

/** A text with its placeholders filled. */
export function fillMail(
  source: MailText,
  values: Readonly<Record<string, string | number>>,
  settings: Pick<Settings, 'operatorName' | 'sipDomain'>,
  url: string,
): MailText {
  const all = { operator: settings.operatorName, domain: settings.sipDomain, url, ...values };
  return { subject: fill(source.subject, all), text: fill(source.text, all) };
}

/** Our own text, used where the operator has none. */
export const builtInMail = (template: MailTemplateName, language: 'en' | 'es'): MailText => builtIn[language][template];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** The same text as HTML: everything escaped, paragraphs kept, addresses made links. */
export function htmlOf(text: string): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => {
    const escaped = escapeHtml(paragraph).replace(/https?:\/\/[^\s<>"]+/g, (link) => `<a href="${link}">${link}</a>`);
    return `<p>${escaped.replaceAll('\n', '<br>')}</p>`;
  });
  return `<!doctype html><meta charset="utf-8"><body>${paragraphs.join('\n')}</body>`;
}
