import { mkdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { DiskSpace, NO_ROOM } from '../disk-space/disk-space.ts';
import { HostClient } from '../host/host-client.ts';
import { HostStateReader } from '../host/host-state.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { Environment } from '../settings/environment.ts';
import { VERSION } from '../settings/version.ts';
import { archiveName, archivesAmong, surplus } from './archive/archive-name.ts';
import type { ArchiveResult } from './archive/archive-task.ts';
import { runArchiveTask } from './archive/run-archive-task.ts';
import { collectHostSettings } from './host-settings.ts';
import type { OpenPlace } from './places/open-place.ts';
import { Places, sameThere } from './places/places.ts';
import { type BackupPlan, HERE, keyOfPlace, type Place } from './plan/backup-plan.ts';
import { type ArchiveMark, PlanStore } from './plan/plan-store.ts';

/** With another place to keep them, one stays here for the quick way back. */
const KEPT_HERE = 1;

export interface Progress {
  readonly stage: 'packing' | 'checking' | 'copying';
  /** 0..1 */
  readonly share: number;
}

/** Told of every step; `signal` ends the work where it stands: nothing of it has its final name. */
export interface Watcher {
  readonly signal: AbortSignal;
  tell(progress: Progress | null): void;
}

/** Makes encrypted archives of everything: packed here, read back to the last byte, copied to their place, and old ones thrown away. */
@Injectable()
export class ArchiveMaker {
  readonly #environment: Environment;
  readonly #uow: UnitOfWork;
  readonly #store: PlanStore;
  readonly #places: Places;
  readonly #host: HostClient;
  readonly #hostState: HostStateReader;
  readonly #space: DiskSpace;

  constructor(
    environment: Environment,
    uow: UnitOfWork,
    store: PlanStore,
    places: Places,
    host: HostClient,
    hostState: HostStateReader,
    space: DiskSpace,
  ) {
    this.#environment = environment;
    this.#uow = uow;
    this.#store = store;
    this.#places = places;
    this.#host = host;
    this.#hostState = hostState;
    this.#space = space;
  }

  async make(watcher: Watcher): Promise<JobOutcome> {
    if (this.#uow.dialect !== 'sqlite') return { result: 'warning', message: ON_POSTGRES };
    const secret = await this.#store.passphrase();
    if (!secret) return { result: 'warning', message: NO_PASSPHRASE };
    // Whatever the place, an archive is made on this disk first.
    if (!this.#space.hasRoom) return { result: 'warning', message: NO_ROOM };
    const plan = await this.#store.plan();
    const folder = this.#environment.backupDir;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      const at = new Date();
      const name = archiveName(hostname(), at);
      const file = join(folder, name);
      const machine = await this.#hostSettings();
      const made = await runArchiveTask(
        {
          kind: 'make',
          dataDir: this.#environment.dataDir,
          databaseFile: this.#environment.databaseFile,
          target: file,
          passphrase: secret.passphrase,
          about: { version: VERSION, createdAt: at.toISOString(), hostname: hostname(), applianceId: await this.#applianceId() },
          hostSettings: machine.json,
        },
        telling(watcher, 'packing'),
      );
      await this.#verifyHere(name, secret.passphrase, made, watcher);
      const copied = plan.place.kind === 'here' ? '' : await this.#copy(plan, file, made, watcher);
      const removed = await this.#prune(HERE, plan.place.kind === 'here' ? plan.keep : KEPT_HERE);
      const old = removed === 0 ? '' : ` ${removed} old ${removed === 1 ? 'one' : 'ones'} removed.`;
      const message = `${name}, ${Math.ceil(made.bytes / 1000)} kB, decrypted and checked.${copied}${old}`;
      if (machine.fault === undefined) return { result: 'ok', message };
      return { result: 'warning', message: `${message} The settings of the machine are not in it: ${machine.fault}` };
    } finally {
      watcher.tell(null);
    }
  }

  /** Reads the archive back from the disk and decrypts it to its last byte. One that fails is of no use and does not stay. */
  async #verifyHere(name: string, passphrase: string, made: ArchiveResult, watcher: Watcher): Promise<void> {
    const file = join(this.#environment.backupDir, name);
    const read = await runArchiveTask({ kind: 'verify', file, passphrase }, telling(watcher, 'checking')).catch(async (error: unknown) => {
      await rm(file, { force: true });
      throw error;
    });
    if (read.sha256 !== made.sha256) {
      await rm(file, { force: true });
      throw new Error(`${name} reads back differently than it was written: the disk is damaged.`);
    }
    await this.#store.mark('here', name, verified(made));
  }

  /** Copies it to its place, reads it back from there, and only then throws old ones away. @returns what to say */
  async #copy(plan: BackupPlan, file: string, made: ArchiveResult, watcher: Watcher): Promise<string> {
    const name = basename(file);
    return this.#places.use(plan.place, async (open) => {
      const { progress } = telling(watcher, 'copying');
      await open.put(file, name, (bytes) => progress(bytes / made.bytes));
      await sameThere(open, name, made.sha256);
      await this.#store.mark(keyOfPlace(plan.place), name, verified(made));
      const removed = await this.#pruneOpen(open, plan.place, plan.keep);
      return ` Copied to ${wordsFor(plan.place)} and read back${removed === 0 ? '' : `; ${removed} old removed there`}.`;
    });
  }

  #prune(place: Place, keep: number): Promise<number> {
    return this.#places.use(place, (open) => this.#pruneOpen(open, place, keep));
  }

  async #pruneOpen(open: OpenPlace, place: Place, keep: number): Promise<number> {
    const old = surplus(archivesAmong(await open.list()), hostname(), keep);
    for (const name of old) {
      await open.remove(name);
      await this.#store.mark(keyOfPlace(place), name, undefined);
    }
    return old.length;
  }

  /** The weekly proof that the newest archive opens: what lies on a disk rots. */
  async check(watcher: Watcher): Promise<JobOutcome> {
    const secret = await this.#store.passphrase();
    const [newest] = archivesAmong(await this.#places.use(HERE, (open) => open.list()));
    if (!secret || !newest) return { result: 'ok', message: 'There is no backup to check.' };
    try {
      const file = join(this.#environment.backupDir, newest.name);
      const read = await runArchiveTask({ kind: 'verify', file, passphrase: secret.passphrase }, telling(watcher, 'checking'));
      await this.#store.mark('here', newest.name, verified(read));
      return { result: 'ok', message: `${newest.name}: decrypted and checked to its end.` };
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (!watcher.signal.aborted) {
        const version = (await this.#store.marks('here')).get(newest.name)?.version ?? '';
        await this.#store.mark('here', newest.name, { bytes: newest.bytes, version, verifiedAt: null, fault });
      }
      throw new Error(`${newest.name} cannot be restored: ${fault}`);
    } finally {
      watcher.tell(null);
    }
  }

  async #hostSettings(): Promise<{ json: string | null; fault?: string }> {
    if (!this.#host.present) return { json: null };
    try {
      return { json: JSON.stringify(await collectHostSettings(this.#host), null, 2) };
    } catch (error) {
      return { json: null, fault: error instanceof Error ? error.message : String(error) };
    }
  }

  async #applianceId(): Promise<string | null> {
    return (await this.#hostState.current())?.applianceId ?? null;
  }
}

export const NO_PASSPHRASE = 'No encrypted backup is made: there is no passphrase for it yet. Set one on the page of backups.';
export const ON_POSTGRES = 'The database is PostgreSQL: back it up with its own tools (pg_dump).';

const verified = ({ bytes, manifest }: ArchiveResult): ArchiveMark => ({
  bytes,
  version: manifest.version,
  verifiedAt: Date.now(),
  fault: null,
});

function wordsFor(place: Place): string {
  if (place.kind === 'sftp') return place.host;
  if (place.kind === 'usb') return `the USB stick ${place.label || place.uuid}`;
  return place.kind === 'folder' ? place.path : 'this machine';
}

function telling(watcher: Watcher, stage: Progress['stage']): { progress: (share: number) => void; signal: AbortSignal } {
  watcher.tell({ stage, share: 0 });
  return { progress: (share) => watcher.tell({ stage, share: Math.round(share * 100) / 100 }), signal: watcher.signal };
}
