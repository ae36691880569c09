import { type FileHandle, open } from 'node:fs/promises';

const EDGE = 1024 * 1024;
const SAMPLE = 64 * 1024;
const SAMPLES = 64;

/** Where to look on a disk of this size: its first and last MiB whole, and pieces between them at even distances. */
function places(size: number): { at: number; length: number }[] {
  if (size <= 2 * EDGE) return [{ at: 0, length: size }];
  const between = size - 2 * EDGE;
  const step = between / SAMPLES;
  const length = Math.min(SAMPLE, Math.ceil(step));
  const middle = Array.from({ length: SAMPLES }, (_, i) => ({ at: Math.min(Math.floor(EDGE + i * step), size - EDGE - length), length }));
  return [{ at: 0, length: EDGE }, ...middle, { at: size - EDGE, length: EDGE }];
}

/** All zeros, or all ones as erased flash memory reads. */
const allTheSame = (bytes: Buffer): boolean => (bytes[0] === 0 || bytes[0] === 0xff) && bytes.every((byte) => byte === bytes[0]);

async function isEmpty(file: FileHandle, { at, length }: { at: number; length: number }): Promise<boolean> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return allTheSame(buffer.subarray(0, bytesRead));
}

/**
 * Whether nothing seems to be on a disk that has no signature anyone knows. Disks that are encrypted as a whole, and raw data, have none, and are yet
 * what someone may want back: they are not called blank. Looks at samples, so it can miss a little data in the middle of a great disk.
 * @param size bytes
 * @throws Error when it cannot be read
 */
export async function looksEmpty(path: string, size: number): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    for (const place of places(size)) if (!(await isEmpty(file, place))) return false;
    return true;
  } finally {
    await file.close();
  }
}
