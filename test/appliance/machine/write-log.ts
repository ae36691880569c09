import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** Format of dm-log-writes, which QEMU's blklogwrites writes: a superblock of one sector, then a sector for every request, followed by its data. */
const MAGIC = 0x6a736677736872n;
const FLUSH = 1n;
const FUA = 2n;
const DISCARD = 4n;

interface Entry {
  /** Where the entry ends in the log. */
  readonly end: number;
  /** What came before has reached the disk. */
  readonly flush: boolean;
  /** This one has, too. */
  readonly forced: boolean;
  readonly offset: number;
  readonly length: number;
  /** Place of the data in the log; undefined for a discard, which may leave anything behind. */
  readonly data: number | undefined;
}

/** Every write a machine has sent to its disk, with the flushes between them: power cuts of any moment can be made from it afterwards. */
export class WriteLog {
  readonly #file: string;
  readonly entries: readonly Entry[];

  constructor(file: string) {
    this.#file = file;
    this.entries = readEntries(file);
  }

  /** The ends of the log at which the power may be cut, in the order of time. */
  get moments(): number[] {
    return this.entries.map(({ end }) => end);
  }

  /**
   * Makes of the disk of before what a power cut leaves: all that was flushed by then, and of the writes since then any, by `lucky`, since a disk
   * writes what is in its cache in an order of its own.
   */
  apply(disk: string, moment: number, lucky: () => boolean): void {
    const until = this.entries.filter(({ end }) => end <= moment);
    const safe = until.findLastIndex(({ flush }) => flush);
    const log = openSync(this.#file, 'r');
    const target = openSync(disk, 'r+');
    try {
      for (const [index, { forced, offset, length, data }] of until.entries()) {
        if (data === undefined || (index > safe && !forced && !lucky())) continue;
        const bytes = Buffer.alloc(length);
        readSync(log, bytes, 0, length, data);
        writeSync(target, bytes, 0, length, offset);
      }
    } finally {
      closeSync(log);
      closeSync(target);
    }
  }
}

function readEntries(file: string): Entry[] {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const head = Buffer.alloc(32);
    readSync(handle, head, 0, 32, 0);
    if (head.readBigUInt64LE(0) !== MAGIC) throw new Error(`${file} is no log of writes`);
    const sector = head.readUInt32LE(24);
    const entries: Entry[] = [];
    // The count in the superblock is brought up to date now and then only: the power cut came in between.
    for (let at = sector; at + sector <= size; ) {
      readSync(handle, head, 0, 32, at);
      const [first, count, flags] = [head.readBigUInt64LE(0), head.readBigUInt64LE(8), head.readBigUInt64LE(16)];
      const discard = (flags & DISCARD) !== 0n;
      const length = discard ? 0 : Number(count) * sector;
      const end = at + sector + length;
      if (end > size || (count === 0n && flags === 0n)) break;
      entries.push({
        end,
        flush: (flags & FLUSH) !== 0n,
        forced: (flags & FUA) !== 0n,
        offset: Number(first) * sector,
        length,
        data: discard || length === 0 ? undefined : at + sector,
      });
      at = end;
    }
    return entries;
  } finally {
    closeSync(handle);
  }
}
