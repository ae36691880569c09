import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Candidate,
  DATA_ROOT,
  type DataDisk as DataDiskFacts,
  type DataState,
  type FsckResult,
  fsckResult,
  MARKER_FILE,
  marker,
  type PrepareDisk,
} from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { readText, replaceFile } from '../files.ts';
import { log } from '../log.ts';
import { Refusal, told, words } from '../problem.ts';
import { inEnglish, type Text, together } from '../texts/texts.ts';
import { type DescribedDisk, describeDisk } from './disks.ts';
import { chosenDisk, type Found, findDataDisks, probeDisks } from './find.ts';
import { checkFileSystem, NO_FSCK, repairFileSystem } from './fsck.ts';
import { layOut } from './layout.ts';
import { mountData, mountDemo, moveJournal, parseDataMount, unmountData } from './mount.ts';
import { checkChoice, erasePartition, newMarker, prepareFreeSpace, prepareWholeDisk } from './prepare.ts';
import { type Busy, STORY } from './story.ts';

/** How often a disk is looked for, a second apart: USB disks take their time, after power on as after they were plugged in. */
const PATIENCE = 12;

interface Options {
  readonly exec: Exec;
  readonly version: string;
  /** Keeps the result of the check over a restart of the agent: /run/dialtone-host/fsck.json. */
  readonly fsckPath: string;
  /** Called after every change of the state. */
  readonly changed: () => void;
  /** Called once, when the data disk is there for the first time in this life of the machine (demo included). */
  readonly ready: () => Promise<void>;
}

/** The data disk: looks for it, checks it, mounts it, makes a new one. One thing at a time. */
export class DataDisk {
  readonly #options: Options;
  #state: DataState = 'looking';
  #problem: Text = '';
  #fsck: FsckResult = NO_FSCK;
  #found: readonly Found[] = [];
  #used: Found | undefined;
  /** The disk that a check left damaged: a person may have it repaired. */
  #damaged: Found | undefined;
  #applianceId: string | null = null;
  #work: Promise<unknown> = Promise.resolve();
  #busy: Busy | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  get state(): DataState {
    return this.#state;
  }
  /** Mounted: the server can run, settings can be kept. */
  get ready(): boolean {
    return this.#state === 'ready' || this.#state === 'demo';
  }
  /** What is wrong and what to do; empty when nothing is. */
  get problem(): Text {
    return this.#problem;
  }
  get fsck(): FsckResult {
    return this.#fsck;
  }
  get applianceId(): string | null {
    return this.#applianceId;
  }
  /** What it is doing at the moment, for the console. */
  get busy(): Busy | undefined {
    return this.#busy;
  }
  get candidates(): Candidate[] {
    return this.#state === 'duplicate' ? this.#found.map((f) => f.candidate) : [];
  }

  /** Facts of the disk in use; null in demo mode and while there is none. */
  async facts(): Promise<DataDiskFacts | null> {
    if (!this.#used || this.#state !== 'ready') return null;
    const { candidate, disk } = this.#used;
    const space = await statfs(DATA_ROOT);
    const { device, partuuid, model, serial } = candidate;
    const onBootMedium = disk.children.length > 1 && disk.children[0]?.name !== device;
    return { device, partuuid, model, serial, size: space.blocks * space.bsize, free: space.bavail * space.bsize, onBootMedium };
  }

  async disks(): Promise<DescribedDisk[]> {
    return (await probeDisks(this.#options.exec)).map(describeDisk);
  }

  /** Looks for the data disk of this machine and takes it into use: exactly one valid candidate, else a person is asked. */
  look(): Promise<void> {
    return this.#alone('busy.looking', async () => {
      if (this.ready || (await this.#resume())) return;
      let result = await findDataDisks(this.#options.exec);
      for (let tries = 0; tries < PATIENCE && result.found.length === 0; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        result = await findDataDisks(this.#options.exec);
      }
      this.#found = result.found;
      const [first, second] = result.found;
      if (first && second) this.#become('duplicate');
      else if (first) await this.#use(first);
      else {
        const strange = result.strangers.map(
          ({ device, why }): Text =>
            ({ t, say }) =>
              t('story.stranger', { device, why: say(why) }),
        );
        this.#become('missing', together(strange));
      }
    });
  }

  /**
   * Looks whether the disk in use is still there. When it is pulled out, systemd unmounts it and stops the server; what is below the mount point then
   * is memory and must not be taken for it.
   */
  async check(): Promise<void> {
    if (!this.ready || this.#busy) return;
    if (parseDataMount(await readFile('/proc/self/mountinfo', 'utf8'))) return;
    if (!this.ready || this.#busy) return;
    this.#used = undefined;
    this.#become('missing', ({ t }) => t('story.takenOff'));
  }

  /** An earlier life of the agent mounted it: it is taken over as it is, since what is mounted must not be checked. */
  async #resume(): Promise<boolean> {
    const mounted = parseDataMount(await readFile('/proc/self/mountinfo', 'utf8'));
    if (!mounted) return false;
    const text = await readText(join(DATA_ROOT, MARKER_FILE));
    const parsed = marker.safeParse(text === undefined ? undefined : JSON.parse(text));
    if (!parsed.success) return false;
    if (mounted.type !== 'tmpfs') {
      const { found } = await findDataDisks(this.#options.exec);
      this.#used = found.find((f) => f.partition.path === mounted.source);
      if (!this.#used) return false;
      const kept = fsckResult.safeParse(JSON.parse((await readText(this.#options.fsckPath)) ?? 'null'));
      if (kept.success) this.#fsck = kept.data;
    }
    this.#applianceId = parsed.data.applianceId;
    this.#become(mounted.type === 'tmpfs' ? 'demo' : 'ready');
    await this.#options.ready();
    return true;
  }

  /** Safe mode: the data disk is not even looked for until someone says so on the console. */
  leaveAlone(): void {
    this.#state = 'missing';
    this.#problem = ({ t }) => t('story.safeMode');
    this.#options.changed();
  }

  /**
   * @param device kernel name of the partition, where two have the same id
   * @throws Refusal 404 no-such-disk, 409 data-in-use, same-id
   */
  adopt(partuuid: string, device?: string): Promise<void> {
    return this.#alone('busy.checking', async () => {
      this.#mustBeFree();
      const { found } = await findDataDisks(this.#options.exec);
      this.#found = found;
      await this.#use(chosenDisk(found, partuuid, device));
    });
  }

  /**
   * Repairs the damaged disk as far as it goes and takes it into use: a person has decided that.
   * @throws Refusal 409 not-damaged; 500 disk-failed when nothing could be saved
   */
  repair(): Promise<void> {
    return this.#alone('busy.repairing', async () => {
      const damaged = this.#damaged;
      if (this.#state !== 'damaged' || !damaged) throw new Refusal(409, 'not-damaged', ({ t }) => t('refusal.notDamaged'));
      log.notice(`Repairing the data disk ${damaged.partition.name}`);
      const { outcome, summary } = await repairFileSystem(this.#options.exec, damaged.partition.path);
      log.notice(`Repair of the data disk: ${outcome}. ${summary}`);
      if (outcome === 'failed') throw new Refusal(500, 'disk-failed', ({ t }) => t('refusal.notRepaired', { summary }));
      const { found } = await findDataDisks(this.#options.exec);
      await this.#use(chosenDisk(found, damaged.candidate.partuuid, damaged.partition.name));
    });
  }

  /** A new, empty installation. @throws Refusal 404 no-such-disk, 409 disk-refused, confirm-needed, data-in-use */
  prepare(choice: PrepareDisk): Promise<void> {
    return this.#alone('busy.preparing', async () => {
      this.#mustBeFree();
      const probed = (await probeDisks(this.#options.exec)).find((p) => p.device.name === choice.device);
      const { device } = choice;
      if (!probed) throw new Refusal(404, 'no-such-disk', ({ t }) => t('refusal.noSuchDisk', { device }));
      checkChoice(describeDisk(probed), choice);
      log.notice(`Preparing ${choice.freeSpace ? 'the free space of ' : ''}${choice.device} as data disk`);
      const make = choice.freeSpace ? prepareFreeSpace : prepareWholeDisk;
      const made = await make(this.#options.exec, probed.device, this.#options.version);
      const { found } = await findDataDisks(this.#options.exec);
      const fresh = found.find((f) => f.marker.applianceId === made.applianceId);
      if (!fresh) throw new Refusal(500, 'disk-failed', ({ t }) => t('refusal.notReadBack', { device }));
      await this.#use(fresh);
    });
  }

  /** "Try without a disk" (M-2). @throws Refusal 409 data-in-use */
  demo(): Promise<void> {
    return this.#alone('busy.demo', async () => {
      this.#mustBeFree();
      await mountDemo(this.#options.exec);
      const made = newMarker(null, this.#options.version, new Date());
      await replaceFile(join(DATA_ROOT, MARKER_FILE), `${JSON.stringify(made)}\n`, 0o644);
      this.#applianceId = made.applianceId;
      await layOut();
      this.#become('demo');
      await this.#options.ready();
    });
  }

  /**
   * Erases the installation (the server must be stopped): file system, marker and partition are gone, and the room is for whoever asks next. In demo
   * mode a reboot does it.
   */
  erase(): Promise<void> {
    return this.#alone('busy.erasing', async () => {
      if (this.#state === 'demo') return;
      if (!this.#used) throw new Refusal(409, 'no-data-disk', ({ t }) => t('refusal.noDataDisk'));
      const { disk, partition } = this.#used;
      await unmountData(this.#options.exec);
      await erasePartition(this.#options.exec, disk, partition);
      this.#used = undefined;
      this.#become('missing');
    });
  }

  async #use(found: Found): Promise<void> {
    const { exec } = this.#options;
    const { partition } = found;
    this.#busy = 'busy.checking';
    this.#options.changed();
    this.#fsck = await checkFileSystem(exec, partition.path);
    await replaceFile(this.#options.fsckPath, JSON.stringify(this.#fsck));
    const { outcome, summary } = this.#fsck;
    (outcome === 'clean' ? log.info : log.warn)(`Check of the data disk ${partition.name}: ${outcome}. ${summary}`);
    this.#damaged = outcome === 'failed' ? found : undefined;
    if (outcome === 'failed') return this.#become('damaged', summary);
    try {
      await mountData(exec, partition.path);
      await layOut();
    } catch (error) {
      await unmountData(exec).catch(() => undefined);
      return this.#become('damaged', told(error));
    }
    this.#used = found;
    this.#applianceId = found.marker.applianceId;
    await moveJournal(exec).catch((error: unknown) => log.warn(`The journal stays in memory: ${words(error)}`));
    this.#become('ready');
    await this.#options.ready();
  }

  #mustBeFree(): void {
    if (this.ready) throw new Refusal(409, 'data-in-use', ({ t }) => t('refusal.dataInUse'));
  }

  #become(state: DataState, more: Text = ''): void {
    this.#state = state;
    this.#problem = together([STORY[state], more]);
    if (this.#problem) log.warn(inEnglish(this.#problem));
    else log.info(`Data disk: ${state}`);
    this.#options.changed();
  }

  /** One piece of work after the other: two disks are never prepared at the same time. */
  #alone<T>(what: Busy, work: () => Promise<T>): Promise<T> {
    const next = this.#work.then(async () => {
      this.#busy = what;
      this.#options.changed();
      try {
        return await work();
      } finally {
        this.#busy = undefined;
        this.#options.changed();
      }
    });
    this.#work = next.catch(() => undefined);
    return next;
  }
}
