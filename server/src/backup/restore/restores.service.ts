import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.ts';
import { UnitOfWork } from '../../database/unit-of-work.ts';
import { writePrivate } from '../../files/private-file.ts';
import { actorName, fieldProblem, type Principal, problem } from '../../http/index.ts';
import { Environment } from '../../settings/environment.ts';
import { VERSION } from '../../settings/version.ts';
import { Restart } from '../../upgrade/restart.ts';
import { ArchiveError } from '../archive/archive-error.ts';
import { DATABASE, type Manifest } from '../archive/manifest.ts';
import { Meter } from '../archive/meter.ts';
import { runArchiveTask } from '../archive/run-archive-task.ts';
import { megabytes } from '../backup-files.ts';
import { PlaceError } from '../places/open-place.ts';
import { Places } from '../places/places.ts';
import type { Place } from '../plan/backup-plan.ts';
import { PASSPHRASE_FILE, type StoredPassphrase } from '../plan/plan-store.ts';
import { asPassphrase } from '../plan/recovery-key.ts';
import { inspect, type Preview } from './inspect.ts';
import { clearRestoreFolder, RESTORE_FOLDER, requestRestore } from './pending-restore.ts';

/** What must be typed before anything is replaced. */
export const CONFIRM_WORD = 'RESTORE';
const IDLE_MS = 2 * 3_600_000;
const SPACE_KEPT = 50_000_000;

/**
 * receiving -> locked (wants the passphrase) -> opening -> ready -> applying; a wrong passphrase leads back to locked, and the file stays. `failed` is
 * the end: the file is of no use.
 */
export type RestoreState = 'receiving' | 'locked' | 'opening' | 'ready' | 'applying' | 'failed';

export interface Restore {
  readonly id: string;
  readonly name: string;
  state: RestoreState;
  /** 0..1 of what is under way; null when it is not known how much there is. */
  progress: number | null;
  fault: { code: string; message: string } | null;
  preview: Preview | null;
}

interface Entry extends Restore {
  readonly folder: string;
  readonly file: string;
  manifest: Manifest | null;
  passphrase: string;
  touchedAt: number;
}

/** A restore from its file to the request that the next start carries out. One at a time. */
@Injectable()
export class RestoresService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #log = new Logger('Restore');
  readonly #environment: Environment;
  readonly #uow: UnitOfWork;
  readonly #places: Places;
  readonly #audit: AuditService;
  readonly #restart: Restart;
  readonly #stop = new AbortController();
  #entry: Entry | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(environment: Environment, uow: UnitOfWork, places: Places, audit: AuditService, restart: Restart) {
    this.#environment = environment;
    this.#uow = uow;
    this.#places = places;
    this.#audit = audit;
    this.#restart = restart;
  }

  async onModuleInit(): Promise<void> {
    await clearRestoreFolder(this.#environment.dataDir);
    this.#sweep = setInterval(() => void this.#forgetIdle(), IDLE_MS / 8).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#sweep);
    this.#stop.abort();
    if (this.#entry && this.#entry.state !== 'applying') await rm(this.#entry.folder, { recursive: true, force: true });
  }

  /**
   * Takes an upload to its end.
   * @param announced bytes the client says it sends; the disk must have room for them
   * @throws problem 409 `restore-running`, 422 `disk-full`, 409 `not-sqlite`
   */
  async receive(name: string, content: Readable, announced: number | undefined): Promise<Restore> {
    const entry = await this.#begin(name);
    try {
      await this.#store(entry, content, announced);
    } catch (error) {
      await this.#discard(entry);
      throw error;
    }
    return shown(entry);
  }

  /** Fetches an archive from a place, and answers before it is here. @throws PlaceError, problem 409 */
  async fetch(place: Place, name: string): Promise<Restore> {
    const entry = await this.#begin(name);
    const open = await this.#places.open(place).catch(async (error: unknown) => {
      await this.#discard(entry);
      throw error;
    });
    const work = async () => {
      try {
        const bytes = (await open.list()).find((file) => file.name === name)?.bytes;
        await this.#store(entry, await open.read(name), bytes);
      } catch (error) {
        const code = error instanceof PlaceError ? error.code : 'fetch-failed';
        this.#fail(entry, code, error instanceof Error ? error.message : String(error));
      } finally {
        await open.close().catch(() => undefined);
      }
    };
    void work();
    return shown(entry);
  }

  /** @throws problem 404 */
  get(id: string): Restore {
    return shown(this.#require(id));
  }

  /** Tries a passphrase: decrypts, unpacks and checks beside the data. Answers at once. @throws problem 404, 409 */
  open(id: string, typed: string): Restore {
    const entry = this.#require(id);
    if (entry.state !== 'locked') throw notNow(entry);
    entry.state = 'opening';
    entry.progress = 0;
    entry.fault = null;
    void this.#open(entry, asPassphrase(typed));
    return shown(entry);
  }

  /** Asks for the restore and ends this process; the next start carries it out. @throws problem 404, 409, 400 */
  async apply(id: string, o: { confirm: string; network: boolean }, actor: Principal): Promise<void> {
    const entry = this.#require(id);
    if (entry.state !== 'ready' || !entry.manifest) throw notNow(entry);
    if (o.confirm !== CONFIRM_WORD) throw fieldProblem('confirm', 'confirm-needed', `Type ${CONFIRM_WORD} to replace everything.`);
    const { version, createdAt } = entry.manifest;
    await this.#audit.record(actor, 'backup.restore', 'backup', entry.name, undefined, { version, createdAt, network: o.network });
    const secret: StoredPassphrase = { passphrase: entry.passphrase, kind: 'typed', since: new Date().toISOString() };
    await writePrivate(join(entry.folder, 'data', PASSPHRASE_FILE), secret);
    await requestRestore(this.#environment.dataDir, {
      folder: await this.#settle(entry),
      name: entry.name,
      createdAt,
      version,
      by: actorName(actor),
      network: o.network,
    });
    entry.state = 'applying';
    this.#restart.soon();
  }

  /** @throws problem 404, 409 while it works */
  async cancel(id: string): Promise<void> {
    const entry = this.#require(id);
    if (entry.state === 'opening' || entry.state === 'applying') throw notNow(entry);
    await this.#discard(entry);
  }

  async #begin(name: string): Promise<Entry> {
    if (this.#uow.dialect !== 'sqlite') {
      throw problem(409, 'not-sqlite', 'The database is PostgreSQL: restore it with its own tools (pg_restore).');
    }
    const former = this.#entry;
    if (former && ['receiving', 'opening', 'applying'].includes(former.state)) {
      throw problem(409, 'restore-running', 'Another restore is under way. Wait for it, or cancel it.');
    }
    const id = randomUUID();
    const folder = join(this.#environment.dataDir, RESTORE_FOLDER, id);
    const common = { progress: null, fault: null, preview: null, manifest: null, passphrase: '', touchedAt: Date.now() };
    const entry: Entry = { id, name: printable(name), state: 'receiving', folder, file: join(folder, 'archive'), ...common };
    this.#entry = entry;
    if (former) await rm(former.folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return entry;
  }

  async #store(entry: Entry, content: Readable, announced: number | undefined): Promise<void> {
    const { bavail, bsize } = await statfs(entry.folder);
    const full = () => problem(422, 'disk-full', `There is not enough room for the file: ${megabytes(bavail * bsize)} MB free.`);
    if (announced !== undefined && announced + SPACE_KEPT > bavail * bsize) throw full();
    const meter = new Meter((bytes) => {
      entry.progress = announced === undefined || announced === 0 ? null : Math.min(1, bytes / announced);
      entry.touchedAt = Date.now();
    });
    try {
      await pipeline(content, meter.step, createWriteStream(entry.file, { mode: 0o600 }), { signal: this.#stop.signal });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? full() : error;
    }
    entry.state = 'locked';
    entry.progress = null;
  }

  async #open(entry: Entry, passphrase: string): Promise<void> {
    const folder = join(entry.folder, 'data');
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { mode: 0o700 });
      const progress = (share: number) => {
        entry.progress = share;
        entry.touchedAt = Date.now();
      };
      const read = await runArchiveTask({ kind: 'extract', file: entry.file, passphrase, folder }, { progress, signal: this.#stop.signal });
      entry.preview = await inspect(join(folder, DATABASE), read.manifest, VERSION, read.entries);
      entry.manifest = read.manifest;
      entry.passphrase = passphrase;
      entry.state = 'ready';
      entry.progress = null;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof ArchiveError && (error.code === 'wrong-passphrase' || error.code === 'disk-full')) {
        entry.state = 'locked';
        entry.progress = null;
        entry.fault = { code: error.code, message };
      } else this.#fail(entry, error instanceof ArchiveError ? error.code : 'internal', message);
    }
  }

  /** The unpacked folder under a name of its own: what else belongs to the upload may go. */
  async #settle(entry: Entry): Promise<string> {
    const settled = randomUUID();
    await rename(join(entry.folder, 'data'), join(this.#environment.dataDir, RESTORE_FOLDER, settled));
    await rm(entry.folder, { recursive: true, force: true });
    return settled;
  }

  #fail(entry: Entry, code: string, message: string): void {
    if (!this.#stop.signal.aborted) this.#log.warn(`The restore of ${entry.name} ended: ${message}`);
    entry.state = 'failed';
    entry.progress = null;
    entry.fault = { code, message };
    void rm(entry.file, { force: true });
  }

  async #discard(entry: Entry): Promise<void> {
    if (this.#entry === entry) this.#entry = undefined;
    await rm(entry.folder, { recursive: true, force: true });
  }

  async #forgetIdle(): Promise<void> {
    const entry = this.#entry;
    const waits = entry && (entry.state === 'locked' || entry.state === 'ready' || entry.state === 'failed');
    if (waits && Date.now() - entry.touchedAt > IDLE_MS) await this.#discard(entry);
  }

  #require(id: string): Entry {
    const entry = this.#entry;
    if (!entry || entry.id !== id) throw problem(404, 'not-found', 'There is no such restore any more. Choose the file again.');
    entry.touchedAt = Date.now();
    return entry;
  }
}

const shown = ({ id, name, state, progress, fault, preview }: Entry): Restore => ({ id, name, state, progress, fault, preview });

const notNow = (entry: Entry) => problem(409, 'not-now', `This cannot be done now: the restore is ${entry.state}.`);

const printable = (name: string): string => name.replace(/\p{Cc}/gu, '').slice(0, 200) || 'backup';
