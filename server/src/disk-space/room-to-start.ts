import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { NEARLY_NOTHING, ReserveFile } from './reserve-file.ts';

/**
 * Gives the reserve up when the disk is so full that the database could not even be opened: its log and its shared memory are files that need room.
 * The alarm of the disk tells of it once the server runs.
 * @param folder the data folder; it need not exist yet
 * @returns whether room was made
 */
export async function makeRoomToStart(
  folder: string,
  look: (path: string) => Promise<{ bavail: number; bsize: number }> = statfs,
): Promise<boolean> {
  try {
    const { bavail, bsize } = await look(folder);
    return bavail * bsize < NEARLY_NOTHING && new ReserveFile(join(folder, 'reserve')).free();
  } catch {
    return false; // The first start, or a folder that others say more about.
  }
}
