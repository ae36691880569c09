import { expect, it } from 'vitest';
import { smtpServer, smtpUrl } from '#app/routes/admin/setup/smtp-url.ts';

it('makes the URL of a mail server from what a person knows of it', () => {
  const server = { host: 'mail.example.org', port: '', security: 'starttls' as const, user: '', password: '' };
  expect(smtpUrl(server)).toBe('smtp://mail.example.org:587');
  expect(smtpUrl({ ...server, security: 'tls' })).toBe('smtps://mail.example.org:465');
  expect(smtpUrl({ ...server, port: '25', user: 'anna@example.org', password: 'p@ss/w:rd' })).toBe(
    'smtp://anna%40example.org:p%40ss%2Fw%3Ard@mail.example.org:25',
  );
  expect(smtpUrl({ ...server, host: '2001:db8::1' })).toBe('smtp://[2001:db8::1]:587');
});

it('reads one back without its password, and keeps that one', () => {
  const parts = smtpServer('smtps://anna%40example.org:***@mail.example.org:2465');
  expect(parts).toEqual({ host: 'mail.example.org', port: '2465', security: 'tls', user: 'anna@example.org', password: '' });
  expect(smtpUrl(parts, true)).toBe('smtps://anna%40example.org:***@mail.example.org:2465');
  expect(smtpServer('smtp://[2001:db8::1]:587').host).toBe('2001:db8::1');
  expect(smtpServer(null)).toMatchObject({ host: '', security: 'starttls' });
});
