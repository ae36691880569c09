import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { es } from 'zod/locales';
import {
  type Language,
  language,
  type PrepareDisk,
  type Unattended,
  type UnattendedServer,
  unattended,
  unattendedServer,
} from '../../../server/src/host/contract/index.ts';
import { listBlockDevices, probeDevice, tree } from '../data/block-devices.ts';
import type { DescribedDisk } from '../data/disks.ts';
import type { Exec } from '../exec.ts';
import { readText } from '../files.ts';
import { log } from '../log.ts';
import { networkFaults } from '../network/render.ts';
import { told, words } from '../problem.ts';
import { parseKey } from '../ssh/keys.ts';
import type { Text } from '../texts/texts.ts';
import { CONFIG_LABELS } from '../usb/usb.ts';

export const CONFIG_FILE = 'dialtone.yaml';

/** With faults, the language the file asks for may still be known: they are told in it. */
export type Parsed = { readonly config: Unattended } | { readonly faults: readonly Text[]; readonly language?: Language | undefined };

const inFile =
  (place: Text, what: Text): Text =>
  ({ say }) =>
    `${CONFIG_FILE}: ${say(place)}: ${say(what)}`;

/** What the schema found, in the words it has for each language. The two lists go in step: they are of the same check. */
function schemaFaults(value: unknown, english: readonly z.core.$ZodIssue[]): Text[] {
  const spanish = unattended.safeParse(value, { error: es().localeError }).error?.issues ?? [];
  return english.map(({ path, message, code }, at) => {
    const ours = path.join('.') === 'admin.passwordHash' && code === 'invalid_format';
    const what: Text = ours
      ? ({ t }) => t('unattended.passwordHash')
      : ({ language: reader }) => (reader === 'es' ? spanish[at]?.message : undefined) ?? message;
    return inFile(path.join('.') || (({ t }) => t('unattended.wholeFile')), what);
  });
}

/** Reads the text of dialtone.yaml; every fault at once, each in words. */
export function parseUnattended(text: string): Parsed {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    const why = words(error).split('\n')[0] ?? '';
    return { faults: [({ t }) => t('unattended.notYaml', { file: CONFIG_FILE, why })] };
  }
  const parsed = unattended.safeParse(value);
  if (!parsed.success) {
    const wanted = z.object({ language }).safeParse(value);
    return { faults: schemaFaults(value, parsed.error.issues), language: wanted.data?.language };
  }
  const faults = parsed.data.network ? networkFaults(parsed.data.network).map((fault) => inFile('network', fault)) : [];
  for (const key of parsed.data.sshKeys) {
    try {
      parseKey(key);
    } catch (error) {
      faults.push(inFile('sshKeys', told(error)));
    }
  }
  return faults.length > 0 ? { faults, language: parsed.data.language } : { config: parsed.data };
}

/** The part for the server; undefined when there is none. */
export function serverPart(config: Unattended): UnattendedServer | undefined {
  const networks = config.firewall?.adminNetworks ?? [];
  const part = z.object(unattendedServer.shape).parse({ ...config, ...(networks.length > 0 && { adminNetworks: networks }) });
  return Object.values(part).some((value) => value !== undefined) ? part : undefined;
}

export type DiskChoice = { readonly prepare: PrepareDisk } | { readonly demo: true } | { readonly fault: Text };

/** Which disk an unattended set-up takes. It never takes one that holds anything, unless the file names its serial and says `erase: true`. */
export function chooseDisk(disks: readonly DescribedDisk[], { disk: wanted, erase }: Pick<Unattended, 'disk' | 'erase'>): DiskChoice {
  if (wanted === 'demo') return { demo: true };
  if (wanted === 'boot-stick') {
    const stick = disks.find((d) => d.freeSpace > 0);
    return stick ? { prepare: { device: stick.device, freeSpace: true } } : { fault: ({ t }) => t('unattended.noRoom') };
  }
  if (wanted === 'auto-blank') {
    const blank = disks.filter((d) => d.blank && d.refused === '');
    if (blank.length === 1 && blank[0]) return { prepare: { device: blank[0].device } };
    if (blank.length === 0) return { fault: ({ t }) => t('unattended.noBlank') };
    const names = blank.map((d) => d.device).join(', ');
    return { fault: ({ t }) => t('unattended.manyBlank', { count: blank.length, names }) };
  }
  const disk = disks.find((d) => d.serial === wanted);
  if (!disk) return { fault: ({ t }) => t('unattended.noSerial', { serial: wanted }) };
  const { refused } = disk;
  if (refused !== '') return { fault: ({ t, say }) => t('unattended.refused', { serial: wanted, why: say(refused) }) };
  if (!disk.blank && !erase) return { fault: ({ t }) => t('unattended.notBlank', { serial: wanted }) };
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
