/** What jobs say of their runs: the server writes it in English (see server-sentence.ts). */
export const said = {
  'said.mails': '{{a}} mails sent, {{b}} could not be sent; see the outbox.',
  'said.expired': 'Expired: {{a}} sign-ups, {{b}} password links, {{c}} e-mail links, {{d}} phone links, {{e}} sessions.',
  'said.ledgerRight': '{{a}} accounts: every balance is the sum of its ledger.',
  'said.ledgerWrong': '{{a}} balances are not the sum of their ledger: {{b}}.',
  'said.backupPostgres': 'The database is PostgreSQL: back it up with its own tools (pg_dump).',
  'said.backup': '{{a}}, {{b}} kB, checked.',
  'said.backupPruned': '{{a}}, {{b}} kB, checked; old ones removed: {{c}}.',
  'said.sweep': '{{a}} paid calls talking, {{b}} call records waiting for the disk, {{c}} journal rows without a call',
  'said.sample': '{{a}} calls, {{b}} registrations.',
  'said.samplePruned': '{{a}} calls, {{b}} registrations; {{c}} old samples removed.',
} as const;
