import type { MessageKey } from '#app/i18n/index.ts';

/** What the service numbers of a new server are called, for as long as the operator gives them no words of his own. */
export const SERVICE_SENTENCES: readonly (readonly [RegExp, MessageKey])[] = [
  [/^Echo test$/, 'said.service.echo'],
  [/^Says your own number$/, 'said.service.number'],
  [/^Conference: (511) and the room$/, 'said.service.conference'],
  [/^Conference: asks for the room$/, 'said.service.conferenceAsks'],
  [/^Your voicemail$/, 'said.service.mailbox'],
  [/^Voicemail from another phone$/, 'said.service.mailboxOther'],
  [/^Demo announcement$/, 'said.service.demo'],
  [/^Music on hold$/, 'said.service.music'],
  [/^Record an announcement$/, 'said.service.recorder'],
  [/^Says your balance$/, 'said.service.balance'],
];
