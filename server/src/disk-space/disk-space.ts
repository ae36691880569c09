import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AlarmsService } from '../alarms/alarms.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Environment } from '../settings/environment.ts';
import { type DiskLevel, diskLevel, usedShare } from './disk-level.ts';
import { NEARLY_NOTHING, ReserveFile } from './reserve-file.ts';

const LOOK_MS = 10_000;

/** What a job says that did not store anything for want of room. */
export const NO_ROOM = 'No backup was made: the disk is 95 % full or more. Make room first.';

export interface DiskFacts {
  readonly level: DiskLevel;
  /** 0..1 */
  readonly used: number;
  readonly freeBytes: number;
  /** The room kept for call records and money is there. */
  readonly reserveKept: boolean;
}

/**
 * Minds the room on the disk of the data folder. What can wait asks `level` first: from 95 % on voicemail, recordings and backups on this
 * disk stop. Call records and the ledger never stop: they have a reserve, which is given up for them when the disk is really full.
 */
@Injectable()
export class DiskSpace implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Disk');
  readonly #alarms: AlarmsService;
  readonly #uow: UnitOfWork;
  readonly #folder: string;
  readonly #reserve: ReserveFile;
  #facts: DiskFacts = { level: 0, used: 0, freeBytes: Number.MAX_SAFE_INTEGER, reserveKept: false };
  #toldLevel: DiskLevel = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(alarms: AlarmsService, uow: UnitOfWork, environment: Environment) {
    this.#alarms = alarms;
    this.#uow = uow;
    this.#folder = environment.dataDir;
    this.#reserve = new ReserveFile(join(environment.dataDir, 'reserve'));
  }

  get facts(): DiskFacts {
    return this.#facts;
  }

  get level(): DiskLevel {
    return this.#facts.level;
  }

  /** May something be stored that is not money: a message, a recording, a copy? */
  get hasRoom(): boolean {
    return this.level < 95;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#uow.onFull(() => this.#giveUpReserve());
    await this.look();
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Looks at the disk now. Never throws. */
  async look(): Promise<void> {
    try {
      const disk = await statfs(this.#folder);
      const freeBytes = disk.bavail * disk.bsize;
      const used = usedShare(disk);
      const level = diskLevel(used, this.level);
      if (freeBytes < NEARLY_NOTHING) this.#giveUpReserve();
      else if (level < 95 && freeBytes > 2 * this.#reserve.bytes) await this.#reserve.keep();
      this.#facts = { level, used, freeBytes, reserveKept: this.#reserve.kept };
      this.#report();
    } catch (error) {
      this.#log.warn(`The room on the disk could not be read: ${error}`);
    }
  }

  #report(): void {
    const { level, used, freeBytes } = this.#facts;
    if (level === 0) this.#alarms.clear('disk-space');
    else {
      const params = { percent: String(Math.floor(used * 100)), free: inWords(freeBytes), level: String(level) };
      // On the way down nobody needs a mail.
      this.#alarms.raise('disk-space', params, { level: String(level), quiet: level < this.#toldLevel });
    }
    this.#toldLevel = level;
  }

  #giveUpReserve(): boolean {
    const had = this.#reserve.free();
    if (had) this.#log.error('The disk is full: the room that was kept for call records and money is used now. Make room.');
    this.#facts = { ...this.#facts, reserveKept: false };
    return had;
  }
}

/** 1.4 GB, 320 MB. */
export function inWords(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.floor(bytes / 1e6)} MB`;
}
