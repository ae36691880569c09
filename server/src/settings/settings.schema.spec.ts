import { describe, expect, it } from 'vitest';
import { crossCheck, defaultSettings, settingsPatch, settingsSchema } from './settings.schema.ts';
import { hidePassword } from './settings.service.ts';

describe('settings', () => {
  it('are valid as they come', () => {
    expect(settingsSchema.parse(defaultSettings)).toEqual(defaultSettings);
    expect(crossCheck(defaultSettings)).toBeUndefined();
  });

  it.each([
    [{ signupFirstNumber: '100' }, 'signupLastNumber'],
    [{ signupFirstNumber: '20000', signupLastNumber: '10000' }, 'signupLastNumber'],
    [{ registerMinExpires: 3600, registerMaxExpires: 60 }, 'registerMinExpires'],
    [{ registerDefaultExpires: 60, registerMinExpires: 120 }, 'registerDefaultExpires'],
    [{ sessionExpires: 100, minSessionExpires: 200 }, 'minSessionExpires'],
  ])('%j do not fit together', (changes, field) => {
    expect(crossCheck({ ...defaultSettings, ...changes })?.field).toBe(field);
  });

  it.each([
    { publicUrl: 'https://x.example/path' },
    { publicUrl: 'javascript:alert(1)' },
    { timeZone: 'Mars/Olympus' },
    { sipDomain: 'not a domain' },
    { currency: 'euro' },
    { newAccountGroups: ['int'] },
    { smtpUrl: 'http://x' },
    { signupStartCredit: '-1.00' },
    { digestAlgorithms: ['MD5', 'MD5'] },
    { unknown: 1 },
  ])('refuses %j', (patch) => expect(settingsPatch.safeParse(patch).success).toBe(false));

  it('hides the mail password and nothing else', () => {
    expect(hidePassword('smtp://anna:geheim@mail.example.org:587')).toBe('smtp://anna:***@mail.example.org:587');
    expect(hidePassword('smtp://mail.example.org:25')).toBe('smtp://mail.example.org:25');
  });
});
