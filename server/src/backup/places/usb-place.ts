import { join } from 'node:path';
import { type UsbVolume, usbVolume } from '../../host/contract/index.ts';
import type { HostClient } from '../../host/host-client.ts';
import { FolderPlace } from './folder-place.ts';
import { type OpenPlace, PlaceError } from './open-place.ts';

/** Folder on the stick; archives that somebody copied beside it are found too. */
export const USB_FOLDER = 'dialtone-backups';

/** Sticks of the appliance: mounted while somebody uses them, and no longer, so that one can be pulled out. */
export class UsbSticks {
  readonly #host: HostClient;
  readonly #users = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(host: HostClient) {
    this.#host = host;
  }

  /** @throws PlaceError `place-unreachable` when the stick is not plugged in */
  async open(uuid: string): Promise<OpenPlace> {
    const volume = await this.#inTurn(async () => {
      const mounted = await this.#mount(uuid);
      this.#users.set(uuid, (this.#users.get(uuid) ?? 0) + 1);
      return mounted;
    });
    if (volume.mountPoint === null) throw new PlaceError('place-unreachable', 'The USB stick could not be mounted.');
    let open = true;
    const onClose = async () => {
      if (!open) return;
      open = false;
      await this.#inTurn(() => this.#leave(uuid));
    };
    return new FolderPlace(join(volume.mountPoint, USB_FOLDER), { also: [volume.mountPoint], onClose });
  }

  async #mount(uuid: string): Promise<UsbVolume> {
    try {
      return await this.#host.call('POST', '/usb/mount', { body: { uuid }, schema: usbVolume });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new PlaceError('place-unreachable', `The USB stick is not there, or cannot be read: ${why}`);
    }
  }

  async #leave(uuid: string): Promise<void> {
    const others = (this.#users.get(uuid) ?? 1) - 1;
    if (others > 0) {
      this.#users.set(uuid, others);
      return;
    }
    this.#users.delete(uuid);
    await this.#host.call('POST', '/usb/unmount', { body: { uuid } });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
