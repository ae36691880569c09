import { type Candidate, MARKER_FILE, type Marker, marker } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { log } from '../log.ts';
import { Refusal, words } from '../problem.ts';
import type { Text } from '../texts/texts.ts';
import { type BlockDevice, listBlockDevices, probeDevice, readSignatures, type Signature, tree } from './block-devices.ts';
import { bootMedium, extentsOf, freeSpaceBehind, isBootMedium } from './boot-medium.ts';
import type { ProbedDisk } from './disks.ts';
import { looksEmpty } from './looks-empty.ts';

/** Label of the partition and of its file system. */
export const DATA_LABEL = 'dialtone-data';

/** A partition that is the data disk of an installation: labelled so, marked so, and marked for this very partition. */
export interface Found {
  readonly candidate: Candidate;
  readonly marker: Marker;
  readonly partition: BlockDevice;
  readonly disk: BlockDevice;
}

/** The partition carries our label but is no data disk of ours; `why` is for people. */
export interface Stranger {
  readonly device: string;
  readonly why: Text;
}

/** @returns the marker, or why the text is none */
export function readMarker(text: string, partuuid: string): { readonly marker: Marker } | { readonly why: Text } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { why: ({ t }) => t('stranger.markerUnreadable') };
  }
  const parsed = marker.safeParse(value);
  if (!parsed.success) return { why: ({ t }) => t('stranger.markerForeign') };
  // A copy of the marker (or of the whole file system) on another partition is not the installation it names.
  if (parsed.data.partuuid?.toLowerCase() !== partuuid) return { why: ({ t }) => t('stranger.markerElsewhere') };
  return { marker: parsed.data };
}

/** "Last write time:" of dumpe2fs -h, as ISO 8601; null when it is not there. */
export function parseLastWrite(output: string): string | null {
  const line = /^Last write time:\s+(.+)$/m.exec(output)?.[1];
  const time = line ? Date.parse(`${line} UTC`) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/**
 * Read by debugfs and not by a mount: a disk that is not known to be ours does not reach the file system code of the kernel, and nothing is written.
 * After a power cut the bitmaps on the disk may not fit their checksums until the journal is replayed: without -c and -n they would hide the marker.
 */
export async function markerText(exec: Exec, path: string): Promise<string> {
  return (await exec('debugfs', ['-c', '-n', '-R', `cat /${MARKER_FILE}`, path], { maxOutput: 65_536 })).stdout;
}

async function look(exec: Exec, disk: BlockDevice, partition: BlockDevice): Promise<Found | Stranger | undefined> {
  const facts = await probeDevice(exec, partition.path);
  if (facts.get('LABEL') !== DATA_LABEL) return undefined;
  const stranger = (why: Text): Stranger => ({ device: partition.name, why });
  const type = facts.get('TYPE');
  if (type !== 'ext4') return stranger(({ t }) => (type === undefined ? t('stranger.noKind') : t('stranger.kind', { type })));
  const partuuid = facts.get('PART_ENTRY_UUID')?.toLowerCase();
  if (!partuuid) return stranger(({ t }) => t('stranger.noUuid'));
  const text = await markerText(exec, partition.path);
  if (text.trim() === '') return stranger(({ t }) => t('stranger.noMarker'));
  const found = readMarker(text, partuuid);
  if ('why' in found) return stranger(found.why);
  const superblock = await exec('dumpe2fs', ['-h', partition.path], { ok: [0, 1], env: { TZ: 'UTC' } });
  return {
    marker: found.marker,
    partition,
    disk,
    candidate: {
      partuuid,
      device: partition.name,
      model: disk.model,
      serial: disk.serial,
      size: partition.size,
      applianceId: found.marker.applianceId,
      created: found.marker.created,
      lastUsed: parseLastWrite(superblock.stdout),
    },
  };
}

/** Every data disk of the machine, and what only looks like one. Reads, never writes. */
export async function findDataDisks(exec: Exec): Promise<{ found: Found[]; strangers: Stranger[] }> {
  const found: Found[] = [];
  const strangers: Stranger[] = [];
  for (const disk of await listBlockDevices(exec)) {
    if (disk.type !== 'disk') continue;
    for (const partition of tree(disk).filter((d) => d.type === 'part')) {
      try {
        const result = await look(exec, disk, partition);
        if (result && 'marker' in result) found.push(result);
        else if (result) strangers.push(result);
      } catch (error) {
        log.warn(`Cannot look into ${partition.name}: ${words(error)}`);
        strangers.push({ device: partition.name, why: ({ t }) => t('disk.refused.unreadable') });
      }
    }
  }
  return { found, strangers };
}

/**
 * The data disk a person chose of several. A sector by sector copy has the same PARTUUID as its original: only the device tells them apart.
 * @throws Refusal 404 no-such-disk, 409 same-id
 */
export function chosenDisk(found: readonly Found[], partuuid: string, device?: string): Found {
  const matching = found.filter(
    (f) => f.candidate.partuuid === partuuid.toLowerCase() && (device ?? f.partition.name) === f.partition.name,
  );
  const [chosen, another] = matching;
  if (!chosen) throw new Refusal(404, 'no-such-disk', ({ t }) => t('refusal.noSuchDataDisk'));
  if (another) {
    const names = matching.map((f) => f.partition.name);
    throw new Refusal(409, 'same-id', ({ t }) => t('refusal.sameId', { disks: names.join(t('refusal.and')) }));
  }
  return chosen;
}

/** Every disk with what is on it, for people to choose from. */
export async function probeDisks(exec: Exec): Promise<ProbedDisk[]> {
  const medium = await bootMedium();
  const disks = (await listBlockDevices(exec)).filter((d) => d.type === 'disk');
  return Promise.all(
    disks.map(async (device) => {
      let signatures: Signature[] = [];
      let unreadable = false;
      let unsigned = false;
      try {
        signatures = await readSignatures(
          exec,
          tree(device).map((d) => d.path),
        );
        unsigned = signatures.length === 0 && device.children.length === 0 && !(await looksEmpty(device.path, device.size));
      } catch (error) {
        log.warn(`Cannot tell what is on ${device.name}: ${words(error)}`);
        unreadable = true;
      }
      const labels = signatures.filter((s) => s.type === 'iso9660').map((s) => s.label);
      const boot = isBootMedium(device, medium, labels);
      const freeSpace = boot && !medium.inMemory ? freeSpaceBehind(device.size, await extentsOf(device)) : 0;
      return { device, signatures, unreadable, unsigned, bootMedium: boot, freeSpace };
    }),
  );
}
