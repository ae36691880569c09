import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { en } from '#app/i18n/en/index.ts';
import { es } from '#app/i18n/es/index.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';

/** What the server says, and where: a sentence that is changed there must be changed here. */
const said: [sentence: string, file: string, words: string][] = [
  ['3 mails sent, 1 could not be sent; see the outbox.', 'jobs/housekeeping.job.ts', 'could not be sent; see the outbox.'],
  ['Expired: 1 sign-ups, 2 password links, 3 e-mail links, 4 phone links, 5 sessions, 6 mails.', 'jobs/housekeeping.job.ts', 'phone links'],
  ['12 accounts: every balance is the sum of its ledger.', 'jobs/ledger-check.job.ts', 'every balance is the sum of its ledger.'],
  [
    '1 balances are not the sum of their ledger: account 3: balance 1, ledger 2.',
    'jobs/ledger-check.job.ts',
    'not the sum of their ledger',
  ],
  ['The database is PostgreSQL: back it up with its own tools (pg_dump).', 'backup/backup.service.ts', 'The database is PostgreSQL'],
  ['dialtone-20261121.sqlite.gz, 6573 kB, checked.', 'backup/backup.service.ts', 'kB, checked'],
  ['dialtone-20261121.sqlite.gz, 6573 kB, checked; 2 old ones removed.', 'backup/backup.service.ts', 'removed'],
  ['0 paid calls talking, 1 call records waiting for the disk, 2 journal rows without a call', 'cdr/call-sweep.ts', 'journal rows without'],
  ['4 calls, 12 registrations.', 'monitoring/statistics.service.ts', 'registrations'],
  ['4 calls, 12 registrations; 7 old samples removed.', 'monitoring/statistics.service.ts', 'old samples removed'],
  ['The certificate for vm (self-signed) is valid until 2029-02-18.', 'tls/certificates.service.ts', 'is valid until'],
  [
    'A certificate for a.example.org was given by ca.example. The certificate for a.example.org (acme) is valid until 2027-02-18.',
    'tls/certificates.service.ts',
    'was given by',
  ],
  [
    'A new self-signed certificate was made. The certificate for vm (self-signed) is valid until 2029-02-18.',
    'tls/certificates.service.ts',
    'A new self-signed certificate was made.',
  ],
  ['Nothing listens over TLS: no certificate is needed.', 'tls/certificates.service.ts', 'Nothing listens over TLS'],
  ['The authority at ca.example cannot be reached: connect ECONNREFUSED', 'tls/acme-order.ts', 'cannot be reached'],
  [
    'rtpengine is not on this machine: install rtpengine-daemon, or name servers that run it',
    'calls/media/media-settings.ts',
    'rtpengine is not on this machine: install rtpengine-daemon, or name servers that run it',
  ],
  ['Echo test', 'feature-codes/default-codes.ts', 'Echo test'],
  ['Says your own number', 'feature-codes/default-codes.ts', 'Says your own number'],
  ['Conference: 511 and the room', 'feature-codes/default-codes.ts', 'Conference: 511 and the room'],
  ['Conference: asks for the room', 'feature-codes/default-codes.ts', 'Conference: asks for the room'],
  ['Your voicemail', 'feature-codes/default-codes.ts', 'Your voicemail'],
  ['Voicemail from another phone', 'feature-codes/default-codes.ts', 'Voicemail from another phone'],
  ['Demo announcement', 'feature-codes/default-codes.ts', 'Demo announcement'],
  ['Music on hold', 'feature-codes/default-codes.ts', 'Music on hold'],
  ['Record an announcement', 'feature-codes/default-codes.ts', 'Record an announcement'],
  ['Says your balance', 'feature-codes/default-codes.ts', 'Says your balance'],
  ['There are no prompts for this language', 'prompts/prompt-languages.service.ts', 'There are no prompts for this language'],
  ['Expected a WAV file of 8 or 16 kHz', 'voicemail/greetings.service.ts', 'Expected a WAV file of 8 or 16 kHz'],
  ['The recording is shorter than half a second', 'voicemail/greetings.service.ts', 'shorter than half a second'],
  ['Expected at most 60 seconds', 'voicemail/greetings.service.ts', 'Expected at most'],
  ['3 bans have ended.', 'bans/bans.service.ts', 'bans have ended.'],
  ['5 files of the medium, 340 MB, are as they were made.', 'integrity/integrity.service.ts', 'files of the medium'],
  [
    'Damaged on the medium: live/a/vmlinuz. 4 files of the medium, 330 MB, are as they were made.',
    'integrity/integrity.service.ts',
    'Damaged on the medium',
  ],
  ['The database is whole, to its last page.', 'integrity/database-check.service.ts', 'The database is whole'],
  ['The database is damaged: row 3 missing from index i', 'integrity/database-check.service.ts', 'The database is damaged: '],
  ['No backup was made: the disk is 95 % full or more. Make room first.', 'disk-space/disk-space.ts', 'full or more'],
  ['eth0 is named twice.', '../../appliance/src/texts/en/network.ts', 'is named twice.'],
  ['eth0 has a static IPv4 set-up without an address.', '../../appliance/src/texts/en/network.ts', 'set-up without an address.'],
  ['eth0.5 cannot be a VLAN of itself.', '../../appliance/src/texts/en/network.ts', 'cannot be a VLAN of itself.'],
  ['eth0.5.6 cannot ride on another VLAN.', '../../appliance/src/texts/en/network.ts', 'cannot ride on another VLAN.'],
  ['The USB volume is not there any more.', '../../appliance/src/usb/usb.ts', 'The USB volume is not there any more.'],
  ['The machine could not do this. The log of dialtone-host says why.', 'host/host-client.ts', 'The machine could not do this.'],
  ['The USB stick could not be mounted.', 'backup/places/usb-place.ts', 'could not be mounted.'],
  [
    'The USB stick is not there, or cannot be read: wrong fs type',
    'backup/places/usb-place.ts',
    'The USB stick is not there, or cannot be read',
  ],
  ['This machine has no such place.', 'backup/places/places.ts', 'This machine has no such place.'],
  [
    'x.age was written but reads back differently: the place is damaged.',
    'backup/places/places.ts',
    'reads back differently: the place is damaged.',
  ],
  ['x.age could not be read back: Error: EIO', 'backup/places/places.ts', 'could not be read back'],
  ['backup.example showed no key.', 'backup/places/sftp-place.ts', 'showed no key.'],
  ['backup.example does not let this user write there.', 'backup/places/sftp-place.ts', 'does not let this user write there.'],
  ['backup.example could not do it: quota', 'backup/places/sftp-place.ts', 'could not do it: '],
  ['backup.example cannot be reached: connect ECONNREFUSED', 'backup/places/sftp-place.ts', 'cannot be reached: '],
  [
    '/mnt/b cannot be read or written; was it pulled out?',
    'backup/places/folder-place.ts',
    'cannot be read or written; was it pulled out?',
  ],
  ['/mnt/b cannot be used (EACCES).', 'backup/places/folder-place.ts', 'cannot be used ('],
];
const read = (language: 'en' | 'es') => ({ t: i18next.getFixedT(language) as (key: string) => string, language });

beforeAll(async () => {
  await i18next.init({
    resources: { en: { translation: en }, es: { translation: es } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
});

describe('a sentence of the server', () => {
  it.each(said)('is read in Spanish with its numbers: %s', (sentence, file, words) => {
    expect(readFileSync(join(import.meta.dirname, '../../../server/src', file), 'utf8')).toContain(words);
    const spanish = serverSentence(sentence, read('es'));
    expect(spanish).not.toBe(sentence);
    expect(spanish.match(/\d+/g) ?? []).toEqual(sentence.match(/\d+/g) ?? []);
    expect(serverSentence(sentence, read('en'))).toBe(sentence);
  });

  it('may be several, and is all in one language', () => {
    const two = 'eth0 is named twice. eth0.5 cannot be a VLAN of itself.';
    expect(serverSentence(two, read('es'))).toBe('eth0 aparece dos veces. eth0.5 no puede ser una VLAN de sí misma.');
    expect(serverSentence(`${two} Something new.`, read('es'))).toBe(`${two} Something new.`);
  });

  it('stays as it is when nobody knows it', () => {
    expect(serverSentence('connect ECONNREFUSED 127.0.0.1:5060', read('es'))).toBe('connect ECONNREFUSED 127.0.0.1:5060');
  });
});
