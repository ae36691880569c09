import type { MailValues } from './templates.ts';

/** Values as a real mail has them: for the preview of a text. @param url origin of our pages */
export const exampleValues = (url: string): MailValues => ({
  'signup-confirm': { name: 'Anna Marín', link: `${url}/signup/confirm?token=h4Tq0`, hours: 24 },
  'signup-exists': { link: `${url}/forgot` },
  'signup-waiting': { name: 'Anna Marín' },
  'signup-approved': { name: 'Anna Marín', number: '10023', link: `${url}/login` },
  'signup-rejected': { name: 'Anna Marín', reason: 'We serve this city only.' },
  'password-reset': { name: 'Anna Marín', link: `${url}/reset?token=h4Tq0`, minutes: 60 },
  'email-confirm': { name: 'Anna Marín', number: '10023', link: `${url}/confirm-email?token=h4Tq0`, hours: 24 },
  'email-changed': { name: 'Anna Marín', number: '10023', email: 'anna@example.org' },
  voicemail: {
    name: 'Anna Marín',
    number: '10023',
    caller: 'Bernd Okafor (10042)',
    date: '21/11/2026, 16:05',
    duration: '0:42',
    newMessages: 3,
    link: `${url}/my/voicemail?message=7`,
  },
  'backup-failed': { name: 'Anna Marín', message: 'No room is left on the disk.' },
  alarm: { title: 'The disk is getting full', text: 'Only 2.1 GB are free.' },
  test: {},
});
