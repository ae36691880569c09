import { open } from 'node:fs/promises';

/** Where the protective MBR keeps its second entry, and how long an entry is. */
const SECOND_ENTRY = 0x1ce;
const ENTRY = 16;

/** The "active" dummy entry some old BIOSes need to boot a hybrid image from a stick; sgdisk drops it when it rewrites the MBR. */
export function activeEntry(sector: Buffer): Buffer | undefined {
  const entry = sector.subarray(SECOND_ENTRY, SECOND_ENTRY + ENTRY);
  return entry[0] === 0x80 ? Buffer.from(entry) : undefined;
}

async function readEntry(path: string): Promise<Buffer | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return activeEntry(buffer);
  } finally {
    await file.close();
  }
}

async function writeEntry(path: string, entry: Buffer): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(entry, 0, ENTRY, SECOND_ENTRY);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Changes the partition table of a disk by `change`, and puts the active entry back afterwards. */
export async function keepingActiveEntry(path: string, change: () => Promise<unknown>): Promise<void> {
  const entry = await readEntry(path);
  await change();
  if (entry) await writeEntry(path, entry);
}
