import type { Candidate, Disk } from '../../../server/src/host/contract/index.ts';
import { inEnglish, type Text, type Texts } from '../texts/texts.ts';
import { type BlockDevice, type Signature, tree } from './block-devices.ts';

/** Less than this is no place for a telephone company. */
export const SMALLEST_DATA = 256 * 1024 * 1024;

/** A disk with what was found on it; `unreadable` when that could not be told. */
export interface ProbedDisk {
  readonly device: BlockDevice;
  readonly signatures: readonly Signature[];
  readonly unreadable: boolean;
  /** Something is on it that has no signature anyone knows. */
  readonly unsigned: boolean;
  readonly bootMedium: boolean;
  /** Bytes behind the image when it is the boot stick. */
  readonly freeSpace: number;
}

/** A disk to choose, with our own words about it not yet in any language. */
export type DescribedDisk = Omit<Disk, 'model' | 'refused'> & { readonly model: Text; readonly refused: Text };

/** What tells data disks apart, for a person to choose one. */
export function candidateFacts({ device, model, serial, created, lastUsed }: Candidate, { t }: Texts) {
  return { device, model, serial, made: created.slice(0, 10), used: lastUsed?.slice(0, 16).replace('T', ' ') ?? t('disk.neverUsed') };
}

/** As the socket has it. */
export const wireDisk = (disk: DescribedDisk): Disk => ({ ...disk, model: inEnglish(disk.model), refused: inEnglish(disk.refused) });

// Kinds that only say "here is a partition table"; a protective MBR beside a GPT is no second thing.
const HIDDEN = new Set(['PMBR']);

/** What is typed to give a disk away (A-3): the last 4 signs of its serial number, or its kernel name when it has none. */
export function confirmation(device: { readonly name: string; readonly serial: string }): string {
  const serial = device.serial.replace(/[^0-9A-Za-z]/g, '');
  return serial.length >= 4 ? serial.slice(-4) : device.name;
}

export const isConfirmed = (disk: Pick<Disk, 'blank' | 'confirm'>, typed: string | undefined): boolean =>
  disk.blank || typed?.trim().toLowerCase() === disk.confirm.toLowerCase();

function refusal({ device, bootMedium, unreadable }: ProbedDisk): Text {
  if (bootMedium) return ({ t }) => t('disk.refused.boot');
  if (tree(device).some((d) => d.mountPoints.length > 0)) return ({ t }) => t('disk.refused.inUse');
  if (device.readOnly) return ({ t }) => t('disk.refused.readOnly');
  if (device.size < SMALLEST_DATA) return ({ t }) => t('disk.refused.small');
  if (unreadable) return ({ t }) => t('disk.refused.unreadable');
  return '';
}

/** The disk as people choose it: model, size, serial, what is on it, and what must be typed. */
export function describeDisk(probed: ProbedDisk): DescribedDisk {
  const { device, signatures, unreadable } = probed;
  const parts = new Map(tree(device).map((d) => [d.name, d]));
  const seen = new Set<string>();
  const contents = signatures.flatMap(({ device: name, type, label }) => {
    const key = `${name} ${type}`;
    if (HIDDEN.has(type) || seen.has(key)) return [];
    seen.add(key);
    return [{ device: name, type, label, size: parts.get(name)?.size ?? 0 }];
  });
  // A partition without any signature still holds what someone may want back.
  for (const part of parts.values()) {
    if (part === device || contents.some((c) => c.device === part.name)) continue;
    contents.push({ device: part.name, type: part.type === 'part' ? 'unknown' : part.type, label: '', size: part.size });
  }
  if (probed.unsigned) contents.push({ device: device.name, type: 'unknown', label: '', size: device.size });
  return {
    device: device.name,
    model: device.model || (({ t }) => t(device.transport === 'virtio' ? 'disk.virtual' : 'disk.unnamed')),
    serial: device.serial,
    size: device.size,
    transport: device.transport,
    removable: device.removable,
    bootMedium: probed.bootMedium,
    contents,
    blank: contents.length === 0 && signatures.length === 0 && !unreadable,
    confirm: confirmation(device),
    refused: refusal(probed),
    freeSpace: probed.freeSpace,
  };
}

/** "20.0 GB" (in Spanish "20,0 GB") in powers of ten, as disks are sold. */
export function formatBytes(bytes: number, { language }: Pick<Texts, 'language'>): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
  return `${number.format(value)} ${units[unit]}`;
}

/** "gpt, ext4 "photos" 20.0 GB, ntfs" or "empty". */
export function describeContents(disk: Pick<Disk, 'blank' | 'contents' | 'device'>, texts: Texts): string {
  const { t } = texts;
  if (disk.contents.length === 0) return t(disk.blank ? 'disk.empty' : 'disk.unknown');
  return disk.contents
    .map(({ type, label, device, size }) => {
      const kind = type === 'unknown' ? t('disk.unknown') : type;
      return `${kind}${label ? ` "${label}"` : ''}${device === disk.device ? '' : ` ${formatBytes(size, texts)}`}`;
    })
    .join(', ');
}
