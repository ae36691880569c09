import { describe, expect, it } from 'vitest';
import { defaultSettings, MAIL_TEMPLATES } from '../settings/settings.schema.ts';
import { exampleValues } from './template-examples.ts';
import { htmlOf, renderMail } from './templates.ts';

const values = exampleValues('https://x.example');

describe('renderMail', () => {
  it.each(MAIL_TEMPLATES.flatMap((name) => (['en', 'es'] as const).map((language) => [name, language] as const)))(
    '%s in %s fills every value',
    (name, language) => {
      const mail = renderMail(name, language, values[name], defaultSettings, 'https://x.example');
      expect(`${mail.subject}\n${mail.text}`).not.toMatch(/\{\{|\}\}|undefined/);
      for (const value of Object.values(values[name])) expect(mail.text + mail.subject).toContain(String(value));
    },
  );

  it('says something else in each language', () => {
    for (const name of MAIL_TEMPLATES) {
      const [en, es] = (['en', 'es'] as const).map((language) => renderMail(name, language, values[name], defaultSettings, '').text);
      expect(en).not.toBe(es);
    }
  });

  it('does not let a value make up a header, a paragraph or another placeholder', () => {
    const nasty = { name: 'A\r\nBcc: x@example.org\n\n{{link}}', link: 'L', hours: 1 };
    const settings = {
      ...defaultSettings,
      mailTemplates: { 'signup-confirm': { en: { subject: 'For {{name}}', text: '{{name}}' }, es: { subject: 's', text: 't' } } },
    };
    const mail = renderMail('signup-confirm', 'en', nasty, settings, '');
    expect(mail.subject).toBe('For A Bcc: x@example.org {{link}}');
    expect(mail.text).not.toContain('\n');
  });
});

it('escapes HTML', () => {
  const html = htmlOf('Hello <script>alert(1)</script> & "you"\n\nhttps://x.example/c?a=1&b=2');
  expect(html).not.toContain('<script>');
  expect(html).toContain('<a href="https://x.example/c?a=1&amp;b=2">');
});
