import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ReserveFile } from './reserve-file.ts';
import { makeRoomToStart } from './room-to-start.ts';

const folder = mkdtempSync(join(tmpdir(), 'dialtone-room-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const disk = (blocks: number) => async () => ({ bavail: blocks, bsize: 4096 });

describe('a start on a full disk (A-24)', () => {
  it('gives the reserve up when there is no room to open the database, and only then', async () => {
    const reserve = new ReserveFile(join(folder, 'reserve'));
    await reserve.keep();
    expect(await makeRoomToStart(folder, disk(100_000))).toBe(false);
    expect(reserve.kept).toBe(true);
    expect(await makeRoomToStart(folder, disk(0))).toBe(true);
    expect(existsSync(join(folder, 'reserve'))).toBe(false);
    expect(await makeRoomToStart(folder, disk(0))).toBe(false);
  });

  it('is no matter before the first start', async () => {
    expect(await makeRoomToStart(join(folder, 'not-there'))).toBe(false);
  });
});
