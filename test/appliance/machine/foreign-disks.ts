import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { runProgram } from '../../support/process.ts';
import { blankDisk } from './disk.ts';

const SECTOR = 512;

/** Writes bytes into an image at an offset. */
function put(file: string, bytes: Buffer, offset: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, offset);
  closeSync(handle);
}

async function make(command: string, args: string[]): Promise<void> {
  const { code, stderr } = await runProgram(command, args, { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`);
}

/** A disk of somebody else: what it is called, and how blkid(8) names what is on it (a pattern). */
export interface ForeignDisk {
  readonly name: string;
  readonly type: string;
  readonly file: string;
}

const makers: Readonly<Record<string, { type: string; make(file: string): Promise<void> }>> = {
  ntfs: { type: 'ntfs', make: (file) => make('mkntfs', ['--fast', '--force', '--quiet', '--label', 'Windows', file]) },
  luks: {
    type: 'crypto_LUKS',
    async make(file) {
      const key = `${file}.key`;
      writeFileSync(key, 'the secret of somebody else');
      await make('cryptsetup', [
        'luksFormat',
        '--batch-mode',
        '--pbkdf',
        'pbkdf2',
        '--pbkdf-force-iterations',
        '1000',
        '--key-file',
        key,
        file,
      ]);
    },
  },
  lvm: { type: 'LVM2_member', make: async (file) => put(file, physicalVolume(), SECTOR) },
  zfs: {
    // The blkid of Debian 13 wants the whole label of a pool; what it does not know is called so, and is not empty either.
    type: 'zfs_member|unknown',
    async make(file) {
      // Four labels of 256 KiB: two at the start, two at the end; uberblocks fill their second halves.
      for (const label of [0, 1])
        for (let index = 0; index < 8; index++) put(file, uberblock(index), label * 262_144 + 131_072 + index * 1024);
    },
  },
};

/** The label sector of an LVM physical volume, with its checksum (lib/format_text/layout.h of LVM2). */
function physicalVolume(): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector.write('LABELONE', 0, 'latin1');
  sector.writeBigUInt64LE(1n, 8);
  sector.writeUInt32LE(32, 20);
  sector.write('LVM2 001', 24, 'latin1');
  sector.write('dTtEsT00000000000000000000000001', 32, 'latin1');
  sector.writeBigUInt64LE(134_217_728n, 64);
  // LVM begins its CRC-32 elsewhere and leaves out the last inversion.
  const seed = ~0xf597a6cf >>> 0;
  sector.writeUInt32LE(~crc32(sector.subarray(20), seed) >>> 0, 16);
  return sector;
}

/** An uberblock of a ZFS pool, as far as it is recognised by (on-disk specification, section 1.2.4). */
function uberblock(index: number): Buffer {
  const block = Buffer.alloc(1024);
  block.writeBigUInt64LE(0x00bab10cn, 0);
  block.writeBigUInt64LE(5000n, 8);
  block.writeBigUInt64LE(BigInt(index + 1), 16);
  return block;
}

/** Disks with NTFS, LVM, LUKS and ZFS on them, large enough to be chosen. */
export async function foreignDisks(folder: string): Promise<ForeignDisk[]> {
  const disks: ForeignDisk[] = [];
  for (const [name, { type, make: prepare }] of Object.entries(makers)) {
    const file = blankDisk(`${folder}/${name}.raw`, 1200);
    await prepare(file);
    disks.push({ name, type, file });
  }
  return disks;
}
