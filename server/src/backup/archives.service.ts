import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.ts';
import { AdminsService } from '../auth/admins.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { DiskSpace, NO_ROOM } from '../disk-space/disk-space.ts';
import { EventsService } from '../events/events.service.ts';
import { HostClient } from '../host/host-client.ts';
import { HostStateReader } from '../host/host-state.ts';
import { type Principal, problem } from '../http/index.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { MailService } from '../mail/mail.service.ts';
import { Environment } from '../settings/environment.ts';
import { VERSION } from '../settings/version.ts';
import { type ArchiveFile, archiveName, archivesAmong, readArchiveName, surplus } from './archive/archive-name.ts';
import type { ArchiveResult } from './archive/archive-task.ts';
import { runArchiveTask } from './archive/run-archive-task.ts';
import { collectHostSettings } from './host-settings.ts';
import type { OpenPlace } from './places/open-place.ts';
import { Places, sameThere } from './places/places.ts';
import { type BackupPlan, cronOf, keyOfPlace, type Place } from './plan/backup-plan.ts';
import { type ArchiveMark, PlanStore } from './plan/plan-store.ts';

export const ARCHIVE_JOB = 'backup-archive';
export const CHECK_JOB = 'backup-check';

const HERE: Place = { kind: 'here' };
/** With another place to keep them, one stays here for the quick way back. */
const KEPT_HERE = 1;
const MAIL_PAUSE_MS = 6 * 3_600_000;

export interface Archive extends ArchiveFile {
  readonly version: string | null;
  /** Epoch milliseconds. */
  readonly verifiedAt: number | null;
  readonly fault: string | null;
}

export interface Progress {
  readonly stage: 'packing' | 'checking' | 'copying';
  /** 0..1 */
  readonly share: number;
}

/** Encrypted archives of everything: made by the plan or on demand, read back to the last byte, copied to their place, and old ones thrown away. */
@Injectable()
export class ArchivesService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #environment: Environment;
  readonly #uow: UnitOfWork;
  readonly #jobs: JobsService;
  readonly #store: PlanStore;
  readonly #places: Places;
  readonly #host: HostClient;
  readonly #hostState: HostStateReader;
  readonly #events: EventsService;
  readonly #mail: MailService;
  readonly #admins: AdminsService;
  readonly #audit: AuditService;
  readonly #space: DiskSpace;
  readonly #stop = new AbortController();
  #progress: Progress | null = null;
  #mailedAt = 0;

  constructor(
    environment: Environment,
    uow: UnitOfWork,
    jobs: JobsService,
    store: PlanStore,
    places: Places,
    host: HostClient,
    hostState: HostStateReader,
    events: EventsService,
    mail: MailService,
    admins: AdminsService,
    audit: AuditService,
    space: DiskSpace,
  ) {
    this.#space = space;
    this.#environment = environment;
    this.#uow = uow;
    this.#jobs = jobs;
    this.#store = store;
    this.#places = places;
    this.#host = host;
    this.#hostState = hostState;
    this.#events = events;
    this.#mail = mail;
    this.#admins = admins;
    this.#audit = audit;
  }

  async onModuleInit(): Promise<void> {
    await this.#clearLeftovers();
    this.#jobs.register({ name: ARCHIVE_JOB, schedule: '', run: () => this.#mailed(() => this.#make()) });
    this.#jobs.register({ name: CHECK_JOB, schedule: '20 4 * * 0', run: () => this.#mailed(() => this.#check()) });
    await this.replan();
  }

  /** A worker under way is ended where it stands: nothing of it has its final name. */
  beforeApplicationShutdown(): void {
    this.#stop.abort();
  }

  get progress(): Progress | null {
    return this.#progress;
  }

  /** Is there a passphrase, and an archive that was decrypted to its end? */
  async ready(): Promise<boolean> {
    if ((await this.#store.passphrase()) === undefined) return false;
    const places = [HERE, (await this.#store.plan()).place];
    const marks = await Promise.all(places.map((place) => this.#store.marks(keyOfPlace(place))));
    return marks.some((known) => [...known.values()].some(({ verifiedAt }) => verifiedAt !== null));
  }

  /** To be called when the plan or the passphrase changed. Without a passphrase nothing runs by itself. */
  async replan(): Promise<void> {
    const plan = await this.#store.plan();
    this.#jobs.reschedule(ARCHIVE_JOB, (await this.#store.passphrase()) ? cronOf(plan) : '');
  }

  /** Starts to make an archive and does not wait for it. @throws problem 409 `no-passphrase`, `job-running`, `not-sqlite` */
  async start(actor: Principal): Promise<void> {
    if (this.#uow.dialect !== 'sqlite') throw problem(409, 'not-sqlite', ON_POSTGRES);
    if (!(await this.#store.passphrase())) throw problem(409, 'no-passphrase', NO_PASSPHRASE);
    await this.#jobs.start(ARCHIVE_JOB, actor);
  }

  /** @throws PlaceError */
  async list(place: Place): Promise<Archive[]> {
    const files = archivesAmong(await this.#places.use(place, (open) => open.list()));
    const marks = await this.#store.marks(keyOfPlace(place));
    return files.map((file) => {
      const mark = marks.get(file.name);
      // Another file under the same name was not checked.
      const known = mark?.bytes === file.bytes ? mark : undefined;
      return { ...file, version: known?.version ?? null, verifiedAt: known?.verifiedAt ?? null, fault: known?.fault ?? null };
    });
  }

  /** Opens an archive for a download; whoever takes the stream closes the place by ending it. @throws PlaceError */
  async download(place: Place, name: string, actor: Principal): Promise<{ stream: Readable; bytes: number | undefined }> {
    requireArchive(name);
    const open = await this.#places.open(place);
    try {
      const bytes = (await open.list()).find((file) => file.name === name)?.bytes;
      const stream = await open.read(name);
      stream.once('close', () => void open.close().catch(() => undefined));
      await this.#audit.record(actor, 'backup.download', 'backup', name);
      return { stream, bytes };
    } catch (error) {
      await open.close();
      throw error;
    }
  }

  /** @throws PlaceError */
  async remove(place: Place, name: string, actor: Principal): Promise<void> {
    requireArchive(name);
    await this.#places.use(place, (open) => open.remove(name));
    await this.#store.mark(keyOfPlace(place), name, undefined);
    await this.#audit.record(actor, 'backup.delete', 'backup', name);
  }

  async #make(): Promise<JobOutcome> {
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
        this.#telling('packing'),
      );
      await this.#verifyHere(name, secret.passphrase, made);
      const copied = plan.place.kind === 'here' ? '' : await this.#copy(plan, file, name, made);
      const removed = await this.#prune(HERE, plan.place.kind === 'here' ? plan.keep : KEPT_HERE);
      const old = removed === 0 ? '' : ` ${removed} old ${removed === 1 ? 'one' : 'ones'} removed.`;
      const message = `${name}, ${Math.ceil(made.bytes / 1000)} kB, decrypted and checked.${copied}${old}`;
      if (machine.fault === undefined) return { result: 'ok', message };
      return { result: 'warning', message: `${message} The settings of the machine are not in it: ${machine.fault}` };
    } finally {
      this.#tell(null);
    }
  }

  /** Reads the archive back from the disk and decrypts it to its last byte. One that fails is of no use and does not stay. */
  async #verifyHere(name: string, passphrase: string, made: ArchiveResult): Promise<void> {
    const file = join(this.#environment.backupDir, name);
    const read = await runArchiveTask({ kind: 'verify', file, passphrase }, this.#telling('checking')).catch(async (error: unknown) => {
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
  async #copy(plan: BackupPlan, file: string, name: string, made: ArchiveResult): Promise<string> {
    return this.#places.use(plan.place, async (open) => {
      const { progress } = this.#telling('copying');
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
  async #check(): Promise<JobOutcome> {
    const secret = await this.#store.passphrase();
    const newest = (await this.list(HERE))[0];
    if (!secret || !newest) return { result: 'ok', message: 'There is no backup to check.' };
    try {
      const file = join(this.#environment.backupDir, newest.name);
      const read = await runArchiveTask({ kind: 'verify', file, passphrase: secret.passphrase }, this.#telling('checking'));
      await this.#store.mark('here', newest.name, verified(read));
      return { result: 'ok', message: `${newest.name}: decrypted and checked to its end.` };
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (!this.#stop.signal.aborted) {
        await this.#store.mark('here', newest.name, { bytes: newest.bytes, version: newest.version ?? '', verifiedAt: null, fault });
      }
      throw new Error(`${newest.name} cannot be restored: ${fault}`);
    } finally {
      this.#tell(null);
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

  /** A failed run is told to the administrators by mail, not oftener than every few hours. */
  async #mailed(work: () => Promise<JobOutcome>): Promise<JobOutcome> {
    try {
      return await work();
    } catch (error) {
      if (!this.#stop.signal.aborted && Date.now() - this.#mailedAt > MAIL_PAUSE_MS) {
        this.#mailedAt = Date.now();
        await this.#tellAdmins(error instanceof Error ? error.message : String(error)).catch(() => undefined);
      }
      throw error;
    }
  }

  async #tellAdmins(message: string): Promise<void> {
    for (const { email, language, name } of await this.#admins.list()) {
      if (email) await this.#mail.enqueue({ to: email, template: 'backup-failed', language, values: { name, message } });
    }
  }

  #telling(stage: Progress['stage']): { progress: (share: number) => void; signal: AbortSignal } {
    this.#tell({ stage, share: 0 });
    return { progress: (share) => this.#tell({ stage, share: Math.round(share * 100) / 100 }), signal: this.#stop.signal };
  }

  #tell(progress: Progress | null): void {
    this.#progress = progress;
    this.#events.publish('backup.progress', { name: ARCHIVE_JOB, progress });
  }

  /** What a power cut left behind. */
  async #clearLeftovers(): Promise<void> {
    const folder = this.#environment.backupDir;
    for (const name of await readdir(folder).catch(() => [])) {
      const of = /^(.+\.age)\.(?:part|database|database-journal)$/.exec(name)?.[1];
      if (of !== undefined && readArchiveName(of)) await rm(join(folder, name), { force: true });
    }
  }
}

const NO_PASSPHRASE = 'No encrypted backup is made: there is no passphrase for it yet. Set one on the page of backups.';
const ON_POSTGRES = 'The database is PostgreSQL: back it up with its own tools (pg_dump).';

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

/** @throws problem 404: no other file is ever handed out or removed */
function requireArchive(name: string): void {
  if (!readArchiveName(name)) throw problem(404, 'not-found', 'There is no such backup.');
}
