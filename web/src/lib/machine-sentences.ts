import type { MessageKey } from '#app/i18n/index.ts';

/** Sentences of the machine under Dialtone and of the places of backups: why something was refused or did not work. Groups as in `server-sentence`. */
export const MACHINE_SENTENCES: readonly (readonly [RegExp, MessageKey])[] = [
  [/^(\S+) is named twice\.$/, 'said.netTwice'],
  [/^(\S+) has a static (IPv[46]) set-up without an address\.$/, 'said.netNoAddress'],
  [/^(\S+) cannot be a VLAN of itself\.$/, 'said.netOwnVlan'],
  [/^(\S+) cannot ride on another VLAN\.$/, 'said.netVlanOnVlan'],
  [/^The USB volume is not there any more\.$/, 'said.usbGone'],
  [/^The machine could not do this\. The log of dialtone-host says why\.$/, 'said.hostFailed'],
  [/^The USB stick could not be mounted\.$/, 'said.stickNotMounted'],
  [/^The USB stick is not there, or cannot be read: (.+)$/, 'said.stickGone'],
  [/^This machine has no such place\.$/, 'said.placeUnknown'],
  [/^(\S+) was written but reads back differently: the place is damaged\.$/, 'said.placeDamaged'],
  [/^(\S+) could not be read back: (.+)$/, 'said.placeNotRead'],
  [/^(\S+) showed no key\.$/, 'said.sftpNoKey'],
  [/^(\S+) does not let this user write there\.$/, 'said.sftpDenied'],
  [/^(\S+) could not do it: (.+)$/, 'said.sftpFailed'],
  [/^(\S+) cannot be reached: (.+)$/, 'said.sftpUnreachable'],
  [/^(.+) cannot be read or written; was it pulled out\?$/, 'said.folderGone'],
  [/^(.+) cannot be used \((.+)\)\.$/, 'said.folderUnusable'],
];
