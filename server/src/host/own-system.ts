import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, loadavg, release, totalmem, uptime } from 'node:os';
import { VERSION } from '../settings/version.ts';
import type { SystemView } from './contract/index.ts';

/** What the process sees of the machine by itself, where no host agent can be asked. Shapes and units are those of the agent's answer. */
export async function ownSystem(): Promise<SystemView> {
  const { bsize, blocks, bavail } = await statfs('/');
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  const cores = availableParallelism();
  return {
    version: VERSION,
    buildId: '',
    buildDate: '',
    kernel: release(),
    uptime: uptime(),
    cpu: { model: cpus()[0]?.model ?? '', cores, busy: Math.min(1, one / cores), load: [one, five, fifteen] },
    memory: { total: totalmem(), available: freemem(), swapTotal: 0, swapFree: 0 },
    disks: [{ name: '/', mountPoint: '/', size: bsize * blocks, free: bsize * bavail }],
    temperatures: [],
    firmware: existsSync('/sys/firmware/efi') ? 'uefi' : 'bios',
    secureBoot: false,
    bootMedium: { device: '', inMemory: false, mountPoint: '' },
  };
}
