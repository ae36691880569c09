import type { BlockDevice } from './block-devices.ts';

export const GB = 1e9;

/** A disk nobody has, with what a test wants of it. */
export function blockDevice(values: Partial<BlockDevice> = {}): BlockDevice {
  const name = values.name ?? 'sdb';
  return {
    name,
    path: `/dev/${name}`,
    type: 'disk',
    size: 20 * GB,
    model: 'ST20',
    serial: 'Z9-AB12',
    transport: 'sata',
    removable: false,
    readOnly: false,
    mountPoints: [],
    children: [],
    ...values,
  };
}
