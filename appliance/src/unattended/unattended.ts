import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  type Disk,
  type PrepareDisk,
  type Unattended,
  type UnattendedServer,
  unattended,
  unattendedServer,
} from '../../../server/src/host/contract/index.ts';
import { listBlockDevices, probeDevice, tree } from '../data/block-devices.ts';
import type { Exec } from '../exec.ts';
import { readText } from '../files.ts';
import { log } from '../log.ts';
import { networkFaults } from '../network/render.ts';
import { words } from '../problem.ts';
import { parseKey } from '../ssh/keys.ts';
import { CONFIG_LABELS } from '../usb/usb.ts';

export const CONFIG_FILE = 'dialtone.yaml';

export type Parsed = { readonly config: Unattended } | { readonly faults: readonly string[] };

/** Reads the text of dialtone.yaml; every fault at once, each in words. */
export function parseUnattended(text: string): Parsed {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    return { faults: [`${CONFIG_FILE} is not YAML: ${words(error).split('\n')[0]}`] };
  }
  const parsed = unattended.safeParse(value);
  if (!parsed.success) {
    return { faults: parsed.error.issues.map((issue) => `${CONFIG_FILE}: ${issue.path.join('.') || 'the file'}: ${issue.message}`) };
  }
  const faults = parsed.data.network ? networkFaults(parsed.data.network).map((fault) => `${CONFIG_FILE}: network: ${fault}`) : [];
  for (const key of parsed.data.sshKeys) {
    try {
      parseKey(key);
    } catch (error) {
      faults.push(`${CONFIG_FILE}: sshKeys: ${words(error)}`);
    }
  }
  return faults.length > 0 ? { faults } : { config: parsed.data };
}

/** The part for the server; undefined when there is none. */
export function serverPart(config: Unattended): UnattendedServer | undefined {
  const networks = config.firewall?.adminNetworks ?? [];
  const part = z.object(unattendedServer.shape).parse({ ...config, ...(networks.length > 0 && { adminNetworks: networks }) });
  return Object.values(part).some((value) => value !== undefined) ? part : undefined;
}

export type DiskChoice = { readonly prepare: PrepareDisk } | { readonly demo: true } | { readonly fault: string };

/** Which disk an unattended set-up takes. It never takes one that holds anything, unless the file names its serial and says `erase: true`. */
export function chooseDisk(disks: readonly Disk[], { disk: wanted, erase }: Pick<Unattended, 'disk' | 'erase'>): DiskChoice {
  if (wanted === 'demo') return { demo: true };
  if (wanted === 'boot-stick') {
    const stick = disks.find((d) => d.freeSpace > 0);
    return stick ? { prepare: { device: stick.device, freeSpace: true } } : { fault: 'There is no room behind the image on the stick.' };
  }
  if (wanted === 'auto-blank') {
    const blank = disks.filter((d) => d.blank && d.refused === '');
    if (blank.length === 1 && blank[0]) return { prepare: { device: blank[0].device } };
    return {
      fault:
        blank.length === 0
          ? 'There is no blank disk.'
          : `There are ${blank.length} blank disks (${blank.map((d) => d.device).join(', ')}): name one by its serial number.`,
    };
  }
  const disk = disks.find((d) => d.serial === wanted);
  if (!disk) return { fault: `There is no disk with the serial number ${wanted}.` };
  if (disk.refused !== '') return { fault: `Disk ${wanted} cannot be used: ${disk.refused}.` };
  if (!disk.blank && !erase) return { fault: `Disk ${wanted} is not blank, and the file does not say erase: true.` };
  return { prepare: { device: disk.device, ...(!disk.blank && { confirm: disk.confirm }) } };
}

/** The text of dialtone.yaml on a volume labelled DIALTONE-CFG (or, on FAT, DIALTONECFG); undefined when there is no such volume or file. */
export async function readConfigVolume(exec: Exec, mountPoint = '/run/dialtone-host/config'): Promise<string | undefined> {
  for (const disk of await listBlockDevices(exec)) {
    for (const device of tree(disk)) {
      const facts = await probeDevice(exec, device.path);
      if (!CONFIG_LABELS.includes(facts.get('LABEL') ?? '')) continue;
      await mkdir(mountPoint, { recursive: true });
      const options = '--options=ro,nosuid,nodev,noexec';
      await exec('systemd-mount', ['--no-ask-password', '--collect', '--fsck=no', options, device.path, mountPoint], { timeout: 60_000 });
      try {
        log.notice(`Unattended set-up from ${device.name}`);
        return (await readText(join(mountPoint, CONFIG_FILE)))?.slice(0, 262_144);
      } finally {
        await exec('systemd-umount', [mountPoint], { ok: [0, 1], timeout: 60_000 });
        await rmdir(mountPoint).catch(() => undefined);
      }
    }
  }
  return undefined;
}
