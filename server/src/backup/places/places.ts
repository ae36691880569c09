import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { type UsbVolume, usbList } from '../../host/contract/index.ts';
import { HostClient } from '../../host/host-client.ts';
import { Environment } from '../../settings/environment.ts';
import { hashOf, Meter } from '../archive/meter.ts';
import type { Place } from '../plan/backup-plan.ts';
import { FolderPlace } from './folder-place.ts';
import { type OpenPlace, PlaceError } from './open-place.ts';
import { openSftp } from './sftp-place.ts';
import { UsbSticks } from './usb-place.ts';

const TEST_BYTES = 256 * 1024;

export interface PlaceTest {
  /** Bytes; null when the place does not say. */
  readonly free: number | null;
  readonly milliseconds: number;
}

/** Opens places for archives. */
@Injectable()
export class Places {
  readonly #environment: Environment;
  readonly #host: HostClient;
  readonly #sticks: UsbSticks;

  constructor(environment: Environment, host: HostClient) {
    this.#environment = environment;
    this.#host = host;
    this.#sticks = new UsbSticks(host);
  }

  /** What this machine can use: the appliance its sticks, any other machine the folders its operating system has. */
  get kinds(): Place['kind'][] {
    return this.#host.present ? ['here', 'usb', 'sftp'] : ['here', 'folder', 'sftp'];
  }

  /** Sticks that are plugged in; none away from the appliance. */
  async sticks(): Promise<UsbVolume[]> {
    return this.#host.present ? (await this.#host.call('GET', '/usb', { schema: usbList })).volumes : [];
  }

  /** @throws PlaceError */
  async open(place: Place): Promise<OpenPlace> {
    if (!this.kinds.includes(place.kind)) throw new PlaceError('place-unreachable', 'This machine has no such place.');
    if (place.kind === 'sftp') return openSftp(place);
    if (place.kind === 'usb') return this.#sticks.open(place.uuid);
    return new FolderPlace(place.kind === 'here' ? this.#environment.backupDir : place.path);
  }

  async use<T>(place: Place, work: (open: OpenPlace) => Promise<T>): Promise<T> {
    const open = await this.open(place);
    try {
      return await work(open);
    } finally {
      await open.close();
    }
  }

  /** Writes a file there, reads it back, and removes it. @throws PlaceError */
  async test(place: Place): Promise<PlaceTest> {
    const began = performance.now();
    const name = `dialtone-test-${randomBytes(6).toString('hex')}.tmp`;
    const file = join(this.#environment.dataDir, name);
    await writeFile(file, randomBytes(TEST_BYTES), { mode: 0o600 });
    try {
      const free = await this.use(place, async (open) => {
        await open.put(file, name, () => undefined);
        try {
          await sameThere(open, name, await hashOf(file));
        } finally {
          await open.remove(name);
        }
        return open.free();
      });
      return { free, milliseconds: Math.round(performance.now() - began) };
    } finally {
      await rm(file, { force: true });
    }
  }
}

/** Reads a file at a place to its end. @throws PlaceError when it is not the one with this SHA-256 */
export async function sameThere(open: OpenPlace, name: string, sha256: string): Promise<void> {
  const meter = new Meter();
  try {
    for await (const _ of meter.step(await open.read(name)));
  } catch (error) {
    throw error instanceof PlaceError ? error : new PlaceError('place-unreachable', `${name} could not be read back: ${String(error)}`);
  }
  if (meter.sha256 !== sha256)
    throw new PlaceError('place-not-writable', `${name} was written but reads back differently: the place is damaged.`);
}
