import { type Candidate, MARKER_FILE, type Marker, marker } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { log } from '../log.ts';
import { Refusal, words } from '../problem.ts';
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
  readonly why: string;
}

/** @returns the marker, or why the text is none */
export function readMarker(text: string, partuuid: string): Marker | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'its marker file cannot be read';
  }
  const parsed = marker.safeParse(value);
  if (!parsed.success) return 'its marker file is not from Dialtone';
  // A copy of the marker (or of the whole file system) on another partition is not the installation it names.
  if (parsed.data.partuuid?.toLowerCase() !== partuuid) return 'its marker file was written for another partition';
  return parsed.data;
}

/** "Last write time:" of dumpe2fs -h, as ISO 8601; null when it is not there. */
export function parseLastWrite(output: string): string | null {
  const line = /^Last write time:\s+(.+)$/m.exec(output)?.[1];
  const time = line ? Date.parse(`${line} UTC`) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

async function look(exec: Exec, disk: BlockDevice, partition: BlockDevice): Promise<Found | Stranger | undefined> {
  const facts = await probeDevice(exec, partition.path);
  if (facts.get('LABEL') !== DATA_LABEL) return undefined;
  const stranger = (why: string): Stranger => ({ device: partition.name, why });
  if (facts.get('TYPE') !== 'ext4') return stranger(`it is ${facts.get('TYPE') ?? 'of an unknown kind'}, not ext4`);
  const partuuid = facts.get('PART_ENTRY_UUID')?.toLowerCase();
  if (!partuuid) return stranger('its partition has no UUID');
  // Read by debugfs and not by a mount: a disk that is not known to be ours does not reach the file system code of the kernel, and nothing is written.
  const file = await exec('debugfs', ['-R', `cat /${MARKER_FILE}`, partition.path], { maxOutput: 65_536 });
  if (file.stdout.trim() === '') return stranger('it has no marker file');
  const found = readMarker(file.stdout, partuuid);
  if (typeof found === 'string') return stranger(found);
  const superblock = await exec('dumpe2fs', ['-h', partition.path], { ok: [0, 1], env: { TZ: 'UTC' } });
  return {
    marker: found,
    partition,
    disk,
    candidate: {
      partuuid,
      device: partition.name,
      model: disk.model,
      serial: disk.serial,
      size: partition.size,
      applianceId: found.applianceId,
      created: found.created,
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
        strangers.push({ device: partition.name, why: 'it cannot be read' });
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
  if (!chosen) throw new Refusal(404, 'no-such-disk', 'There is no data disk with this partition id any more.');
  if (another)
    throw new Refusal(409, 'same-id', `${matching.map((f) => f.partition.name).join(' and ')} are copies of each other: say which.`);
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
