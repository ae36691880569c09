import { z } from 'zod';
import type { Exec } from '../exec.ts';

/** A disk, partition or what is built on one (crypt, lvm, raid), as lsblk(8) shows it. */
export interface BlockDevice {
  /** Kernel name, "sda1". */
  readonly name: string;
  readonly path: string;
  /** disk, part, rom, loop, crypt, lvm, raid1 ... */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  readonly model: string;
  readonly serial: string;
  readonly transport: string;
  readonly removable: boolean;
  readonly readOnly: boolean;
  /** Where it is mounted; "[SWAP]" counts. */
  readonly mountPoints: readonly string[];
  readonly children: readonly BlockDevice[];
}

const COLUMNS = 'NAME,PATH,TYPE,SIZE,MODEL,SERIAL,TRAN,RM,RO,MOUNTPOINTS';

// Older versions of lsblk write numbers and booleans as strings.
const flag = z.union([z.boolean(), z.enum(['0', '1']).transform((v) => v === '1')]).nullish();
const text = z.string().nullish();
type Raw = { name: string; children?: Raw[] | undefined; [key: string]: unknown };
const raw: z.ZodType<Raw> = z.looseObject({ name: z.string(), children: z.lazy(() => z.array(raw)).optional() });
const fields = z.object({
  name: z.string(),
  path: z.string(),
  type: text,
  size: z.coerce.number(),
  model: text,
  serial: text,
  tran: text,
  rm: flag,
  ro: flag,
  mountpoints: z.array(z.string().nullable()).nullish(),
});

function device(node: Raw): BlockDevice {
  const f = fields.parse(node);
  return {
    name: f.name,
    path: f.path,
    type: f.type ?? '',
    size: f.size,
    model: f.model?.trim() ?? '',
    serial: f.serial?.trim() ?? '',
    transport: f.tran ?? '',
    removable: f.rm ?? false,
    readOnly: f.ro ?? false,
    mountPoints: (f.mountpoints ?? []).filter((m): m is string => m !== null && m !== ''),
    children: (node.children ?? []).map(device),
  };
}

/** @throws ZodError when it is not what lsblk prints with our columns. */
export function parseLsblk(json: string): BlockDevice[] {
  return z
    .object({ blockdevices: z.array(raw) })
    .parse(JSON.parse(json))
    .blockdevices.map(device);
}

/** Everything the machine has, disks first; loops, zram and empty drives are left out. */
export async function listBlockDevices(exec: Exec): Promise<BlockDevice[]> {
  const { stdout } = await exec('lsblk', ['-J', '-b', '-o', COLUMNS]);
  return parseLsblk(stdout).filter((d) => (d.type === 'disk' || d.type === 'rom') && d.size > 0 && !d.name.startsWith('zram'));
}

/** The device and all that lies on it. */
export const tree = (device: BlockDevice): BlockDevice[] => [device, ...device.children.flatMap(tree)];

/** One signature of wipefs(8): of a file system, partition table, RAID, LVM ... */
export interface Signature {
  readonly device: string;
  readonly type: string;
  readonly label: string;
}

export function parseWipefs(json: string): Signature[] {
  if (json.trim() === '') return [];
  const schema = z.object({ signatures: z.array(z.object({ device: z.string(), type: z.string(), label: text })) });
  return schema.parse(JSON.parse(json)).signatures.map((s) => ({ device: s.device, type: s.type, label: s.label ?? '' }));
}

/**
 * What is on these devices, read from the devices themselves and not from the memory of udev.
 * @throws ExecError when one cannot be read: whoever asks must take it for full.
 */
export async function readSignatures(exec: Exec, paths: readonly string[]): Promise<Signature[]> {
  const found = await Promise.all(paths.map((path) => exec('wipefs', ['--no-act', '--json', path], { timeout: 20_000 })));
  return found.flatMap(({ stdout }) => parseWipefs(stdout));
}

/** `blkid -p -o export`: KEY=value lines; empty when nothing was found. */
export function parseBlkid(output: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    // Odd characters of labels are escaped by a backslash.
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1).replace(/\\(.)/g, '$1'));
  }
  return values;
}

/** What blkid(8) reads from a device; exit code 2 says nothing was found, 8 that signatures contradict each other. */
export async function probeDevice(exec: Exec, path: string): Promise<Map<string, string>> {
  const { stdout } = await exec('blkid', ['-p', '-o', 'export', path], { ok: [0, 2, 8], timeout: 20_000 });
  return parseBlkid(stdout);
}
