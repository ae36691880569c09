import { problemOf } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import type { Texts } from '#app/i18n/index.ts';

export type PlaceKind = 'here' | 'folder' | 'usb' | 'sftp';
export type PlaceInput = Schema<'BackupPlaceInput'>;

/** A place while it is being filled in: every field of every kind, as text. */
export interface PlaceDraft {
  kind: PlaceKind;
  path: string;
  uuid: string;
  label: string;
  host: string;
  port: string;
  user: string;
  folder: string;
  hostKey: string;
  auth: 'password' | 'key';
  password: string;
  privateKey: string;
  keyPassphrase: string;
}

export const emptyPlace = (kind: PlaceKind): PlaceDraft => ({
  kind,
  path: '',
  uuid: '',
  label: '',
  host: '',
  port: '22',
  user: '',
  folder: '',
  hostKey: '',
  auth: 'password',
  password: '',
  privateKey: '',
  keyPassphrase: '',
});

export function draftOf({ port, secretSet: _, ...place }: Schema<'BackupPlan'>['place']): PlaceDraft {
  const known = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
  return { ...emptyPlace(place.kind), ...known, ...(port !== undefined && { port: String(port) }) };
}

/** What is sent; a secret that was left empty is left out, and so stays as it is stored. */
export function placeOf(draft: PlaceDraft): PlaceInput {
  const { kind, path, uuid, label, host, port, user, folder, hostKey, auth } = draft;
  if (kind === 'here') return { kind };
  if (kind === 'folder') return { kind, path };
  if (kind === 'usb') return { kind, uuid, label };
  const typed = Object.entries({
    password: draft.password,
    privateKey: draft.privateKey,
    keyPassphrase: draft.keyPassphrase,
  }).filter(([, value]) => value !== '');
  return { kind, host, port: Number(port) || 0, user, folder, hostKey, auth, ...Object.fromEntries(typed) };
}

/** Faults of the fields of a place by their plain names, whatever they lie in. */
export function placeErrors(error: unknown, { maybe }: Pick<Texts, 'maybe'>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { field, code, message } of problemOf(error).errors ?? []) {
    found[field.split('.').at(-1) ?? field] = maybe(`problem.${code}`) ?? message;
  }
  return found;
}
