import type { MessageKey, Texts } from '#app/i18n/index.ts';
import { MACHINE_SENTENCES } from '#app/lib/machine-sentences.ts';
import { SERVICE_SENTENCES } from '#app/lib/service-sentences.ts';

/** Sentences that the server writes in English, for its log and the command line too: the results of jobs. Groups are {{a}}, {{b}} ... */
const SENTENCES: readonly (readonly [RegExp, MessageKey])[] = [
  [/^(\d+) mails sent, (\d+) could not be sent; see the outbox\.$/, 'said.mails'],
  [/^Expired: (\d+) sign-ups, (\d+) password links, (\d+) e-mail links, (\d+) phone links, (\d+) sessions, (\d+) mails\.$/, 'said.expired'],
  [/^(\d+) accounts: every balance is the sum of its ledger\.$/, 'said.ledgerRight'],
  [/^(\d+) balances are not the sum of their ledger: (.+)\.$/, 'said.ledgerWrong'],
  [/^The database is PostgreSQL: back it up with its own tools \(pg_dump\)\.$/, 'said.backupPostgres'],
  [/^(\S+), (\d+) kB, checked\.$/, 'said.backup'],
  [/^(\S+), (\d+) kB, checked; (\d+) old ones? removed\.$/, 'said.backupPruned'],
  [/^(\S+\.age), (\d+) kB, decrypted and checked\.$/, 'said.archive'],
  [/^(\S+\.age), (\d+) kB, decrypted and checked\. (\d+) old ones? removed\.$/, 'said.archivePruned'],
  [
    /^(\S+\.age), (\d+) kB, decrypted and checked\. Copied to (.+) and read back(?:; \d+ old removed there)?\.(?: \d+ old ones? removed\.)?$/,
    'said.archiveCopied',
  ],
  [/^(\S+\.age): decrypted and checked to its end\.$/, 'said.archiveChecked'],
  [/^There is no backup to check\.$/, 'said.archiveNone'],
  [/^(\S+\.age) cannot be restored: (.+)$/, 'said.archiveBroken'],
  [/^No encrypted backup is made: there is no passphrase for it yet\. Set one on the page of backups\.$/, 'said.archiveNoPassphrase'],
  [/^(\d+) paid calls talking, (\d+) call records waiting for the disk, (\d+) journal rows without a call$/, 'said.sweep'],
  [/^(\d+) calls, (\d+) registrations\.$/, 'said.sample'],
  [/^(\d+) calls, (\d+) registrations; (\d+) old samples removed\.$/, 'said.samplePruned'],
  [/^The certificate for (.+) \((?:self-signed|acme|uploaded)\) is valid until (\S+)\.$/, 'said.certificate'],
  [/^A certificate for (.+) was given by (\S+)\. The certificate for .+ is valid until (\S+)\.$/, 'said.certificateGiven'],
  [/^A new self-signed certificate was made\. The certificate for .+ is valid until (\S+)\.$/, 'said.certificateMade'],
  [/^Nothing listens over TLS: no certificate is needed\.$/, 'said.noCertificate'],
  [/^The authority (?:at )?(\S+) cannot be reached.*$/, 'said.authorityUnreachable'],
  [/^(\d+) bans have ended\.$/, 'said.bansEnded'],
  [/^The database is whole, to its last page\.$/, 'said.databaseWhole'],
  [/^The database is damaged: (.+)$/, 'said.databaseBad'],
  [/^(\d+) files of the medium, (\d+) MB, are as they were made\.$/, 'said.medium'],
  [/^Damaged on the medium: (.+)\. (\d+) files of the medium, (\d+) MB, are as they were made\.$/, 'said.mediumBad'],
  [
    /^Removed: (\d+) deleted and (\d+) old messages, (\d+) mailboxes of closed subscribers\. Unfinished messages kept: (\d+)\.$/,
    'said.voicemail',
  ],
  [/^(\d+) old recordings deleted(?:, \d+ of calls that a crash ended listed)?\.$/, 'said.recordings'],
  [/^No backup was made: the disk is (\d+) % full or more\. Make room first\.$/, 'said.noRoom'],
  [/^rtpengine is not on this machine: install rtpengine-daemon, or name servers that run it$/, 'said.noRtpengine'],
  [/^There are no prompts for this language$/, 'said.noPrompts'],
  [/^Expected a WAV file of 8 or 16 kHz$/, 'said.wavRate'],
  [/^The recording is shorter than half a second$/, 'said.wavShort'],
  [/^Expected at most (\d+) seconds$/, 'said.wavLong'],
];

const ALL = [...SENTENCES, ...MACHINE_SENTENCES, ...SERVICE_SENTENCES];

function known(text: string, t: Texts['t']): string | undefined {
  for (const [pattern, key] of ALL) {
    const found = pattern.exec(text);
    if (found) return t(key, Object.fromEntries(found.slice(1).map((part, index) => [String.fromCharCode(97 + index), part])));
  }
  return undefined;
}

/**
 * A sentence of the server in the reader's language, or several that we all know; as it came when it is none we know, such as the error of a run that
 * failed.
 */
export function serverSentence(text: string, { t, language }: Pick<Texts, 't' | 'language'>): string {
  if (language === 'en') return text;
  const whole = known(text, t);
  if (whole !== undefined) return whole;
  const parts = text.split(/(?<=\.) (?=\S)/).map((part) => known(part, t));
  return parts.every((part) => part !== undefined) ? parts.join(' ') : text;
}
