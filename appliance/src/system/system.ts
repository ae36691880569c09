import { readdir, readFile, stat, statfs } from 'node:fs/promises';
import { cpus, release as kernelRelease, loadavg, uptime } from 'node:os';
import { join } from 'node:path';
import { DATA_ROOT, type SystemView } from '../../../server/src/host/contract/index.ts';
import { bootMedium, MEDIUM } from '../data/boot-medium.ts';
import { readText } from '../files.ts';
import type { Release } from '../release.ts';

/** /proc/meminfo in bytes. */
export function parseMeminfo(text: string): SystemView['memory'] {
  const value = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { total: value('MemTotal'), available: value('MemAvailable'), swapTotal: value('SwapTotal'), swapFree: value('SwapFree') };
}

/** Ticks of all cores together, and those of them that did nothing, out of /proc/stat. */
export function parseCpuTicks(text: string): { total: number; idle: number } {
  const ticks = (/^cpu\s+(.*)$/m.exec(text)?.[1] ?? '').split(/\s+/).map(Number);
  return { total: ticks.slice(0, 8).reduce((sum, t) => sum + t, 0), idle: (ticks[3] ?? 0) + (ticks[4] ?? 0) };
}

/** Share of busy time since the last question; a question within a second gets the same answer. */
export class CpuMeter {
  #last = { total: 0, idle: 0 };
  #at = Number.NEGATIVE_INFINITY;
  #busy = 0;

  async read(): Promise<number> {
    const now = performance.now();
    if (now - this.#at < 1000) return this.#busy;
    const ticks = parseCpuTicks(await readFile('/proc/stat', 'utf8'));
    const total = ticks.total - this.#last.total;
    if (total > 0) this.#busy = Math.min(1, Math.max(0, 1 - (ticks.idle - this.#last.idle) / total));
    this.#last = ticks;
    this.#at = now;
    return this.#busy;
  }
}

/** What the sensors of the kernel say (hwmon, else thermal zones). */
export async function readTemperatures(sys = '/sys/class'): Promise<SystemView['temperatures']> {
  const found: SystemView['temperatures'] = [];
  for (const chip of await readdir(join(sys, 'hwmon')).catch(() => [])) {
    const folder = join(sys, 'hwmon', chip);
    const name = (await readText(join(folder, 'name')))?.trim() ?? chip;
    for (const file of await readdir(folder)) {
      if (!/^temp\d+_input$/.test(file)) continue;
      const label = (await readText(join(folder, file.replace('_input', '_label'))))?.trim();
      const value = Number(await readText(join(folder, file)).catch(() => undefined));
      if (Number.isFinite(value) && value !== 0) found.push({ name: label ? `${name} ${label}` : name, celsius: value / 1000 });
    }
  }
  if (found.length > 0) return found;
  for (const zone of (await readdir(join(sys, 'thermal')).catch(() => [])).filter((z) => z.startsWith('thermal_zone'))) {
    const value = Number(await readText(join(sys, 'thermal', zone, 'temp')).catch(() => undefined));
    const name = (await readText(join(sys, 'thermal', zone, 'type')))?.trim() ?? zone;
    if (Number.isFinite(value) && value !== 0) found.push({ name, celsius: value / 1000 });
  }
  return found;
}

const EFI = '/sys/firmware/efi';
const SECURE_BOOT = join(EFI, 'efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c');

/** The variable is 4 bytes of attributes and one of value (UEFI 2.10 section 8.2). */
async function secureBoot(): Promise<boolean> {
  return (await readFile(SECURE_BOOT).catch(() => Buffer.alloc(0)))[4] === 1;
}

async function space(name: string, mountPoint: string): Promise<SystemView['disks']> {
  const s = await statfs(mountPoint).catch(() => undefined);
  return s ? [{ name, mountPoint, size: s.blocks * s.bsize, free: s.bavail * s.bsize }] : [];
}

export async function readSystem(release: Release, cpu: CpuMeter, dataMounted: boolean): Promise<SystemView> {
  const cores = cpus();
  const medium = await bootMedium();
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return {
    version: release.version,
    buildId: release.buildId,
    buildDate: new Date(release.buildDate * 1000).toISOString(),
    kernel: kernelRelease(),
    uptime: Math.floor(uptime()),
    cpu: { model: cores[0]?.model.trim() ?? '', cores: cores.length, busy: await cpu.read(), load: [one, five, fifteen] },
    memory: parseMeminfo(await readFile('/proc/meminfo', 'utf8')),
    disks: [...(dataMounted ? await space('data', DATA_ROOT) : []), ...(await space('memory', '/'))],
    temperatures: await readTemperatures(),
    firmware: (await stat(EFI).catch(() => undefined)) ? 'uefi' : 'bios',
    secureBoot: await secureBoot(),
    bootMedium: { device: medium.source.replace('/dev/', ''), inMemory: medium.inMemory, mountPoint: MEDIUM },
  };
}
