import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { ActiveCalls, type CallChange } from '../calls/active-calls.ts';
import type { Call } from '../calls/call.ts';
import { MediaEngines } from '../calls/media/media-engines.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import type { Gateway } from '../directory/types.ts';
import { DiskSpace } from '../disk-space/disk-space.ts';
import { EventsService } from '../events/events.service.ts';
import { actorName, type Principal, problem, RateLimiter } from '../http/index.ts';
import type { RecordOrder } from '../media/engine.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { RecordingEntity } from './recording.entity.ts';
import { RecordingFiles } from './recording-files.ts';

/** Has the calls recorded whose subscriber or gateway says so, and keeps what comes of it. */
@Injectable()
export class RecordingsService implements OnModuleInit {
  readonly #log = new Logger('Recordings');
  readonly #engines: MediaEngines;
  readonly #calls: ActiveCalls;
  readonly #directory: Directory;
  readonly #settings: SettingsService;
  readonly #disk: DiskSpace;
  readonly #files: RecordingFiles;
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #audit: AuditService;
  readonly #events: EventsService;
  readonly #listened = new RateLimiter({ limit: 1, windowMs: 30 * 60_000 });

  constructor(
    engines: MediaEngines,
    calls: ActiveCalls,
    directory: Directory,
    settings: SettingsService,
    disk: DiskSpace,
    files: RecordingFiles,
    uow: UnitOfWork,
    reader: DataSource,
    audit: AuditService,
    events: EventsService,
  ) {
    this.#engines = engines;
    this.#calls = calls;
    this.#directory = directory;
    this.#settings = settings;
    this.#disk = disk;
    this.#files = files;
    this.#uow = uow;
    this.#reader = reader;
    this.#audit = audit;
    this.#events = events;
  }

  onModuleInit(): void {
    this.#engines.recorder = (call, gateway) => this.#order(call, gateway);
    this.#calls.onChange((change) => {
      const { file } = change.call.media?.order.record ?? {};
      if (change.action === 'ended' && file !== undefined)
        this.#keep(change, file).catch((error) => this.#log.error(`The recording of call ${change.call.id} is not listed: ${error}`));
    });
  }

  /** The recording of a call; null when there is none. */
  of(callId: string): Promise<RecordingEntity | null> {
    return this.#reader.manager.findOneBy(RecordingEntity, { callId });
  }

  /**
   * The file, for somebody who listens to it or takes it along; who does is in the audit, once for all the parts that a player asks for.
   * @throws problem 404
   */
  async open(callId: string, actor: Principal, how: 'listen' | 'download'): Promise<string> {
    const path = this.#files.pathOf((await this.#get(callId)).file);
    if (this.#listened.take(`${callId} ${how} ${actorName(actor)}`) === 0)
      await this.#audit.record(actor, `recording.${how}`, 'call', callId);
    return path;
  }

  /** @throws problem 404 */
  async remove(callId: string, actor: Principal): Promise<void> {
    const row = await this.#get(callId);
    await this.#uow.write(async (m) => {
      await m.delete(RecordingEntity, { callId });
      await this.#audit.record(actor, 'recording.delete', 'call', callId, { startedAt: row.startedAt, seconds: row.seconds });
    });
    await this.#files.remove(this.#files.pathOf(row.file));
    this.#events.publish('recordings.changed', { callId });
  }

  /** @param before epoch ms. @returns how many */
  async removeOlder(before: number): Promise<number> {
    const rows = await this.#reader.manager.findBy(RecordingEntity, { startedAt: LessThan(before) });
    for (const { callId, file } of rows) {
      await this.#files.remove(this.#files.pathOf(file));
      await this.#uow.write((m) => m.delete(RecordingEntity, { callId }));
    }
    return rows.length;
  }

  /** Lists what a crash left behind: its sound is there up to the last second, the row is not. @returns how many */
  async recover(): Promise<number> {
    const files = await this.#files.all();
    for (const { callId } of await this.#reader.manager.find(RecordingEntity, { select: { callId: true } })) files.delete(callId);
    let count = 0;
    for (const [callId, path] of files) {
      if (this.#calls.get(callId)) continue;
      const [cdr]: { startedAt: number | string }[] = await this.#reader.query(
        `SELECT "startedAt" FROM "cdrs" WHERE "callId" = ${this.#uow.dialect === 'postgres' ? '$1' : '?'}`,
        [callId],
      );
      if (cdr && (await this.#list(callId, path, Number(cdr.startedAt)))) count++;
      else if (cdr) await this.#files.remove(path);
    }
    return count;
  }

  #order(call: Call, gateway: Gateway | undefined): RecordOrder | undefined {
    if (!this.#isWanted(call, gateway)) return undefined;
    if (!this.#disk.hasRoom) {
      this.#log.warn(`Call ${call.id} is not recorded: the disk is full`);
      return undefined;
    }
    return {
      file: this.#files.newFile(call.id, call.start.startedAt),
      beepEverySeconds: this.#settings.current.recordingBeepSeconds,
    };
  }

  #isWanted(call: Call, gateway: Gateway | undefined): boolean {
    const { caller } = call.start;
    if (gateway?.recordCalls) return true;
    if (caller.kind === 'gateway' && caller.gateway.recordCalls) return true;
    if (caller.kind === 'subscriber' && caller.subscriber.recordCalls) return true;
    return call.toSubscriberId !== null && (this.#directory.subscriberById(call.toSubscriberId)?.recordCalls ?? false);
  }

  async #keep({ call, record }: CallChange, file: string): Promise<void> {
    // Resolves when the file is whole.
    await call.media?.session.stats();
    if (!record || record.answeredAt === null || !(await this.#list(call.id, file, record.startedAt))) await this.#files.remove(file);
  }

  async #list(callId: string, path: string, startedAt: number): Promise<boolean> {
    const size = await this.#files.measure(path);
    if (!size) return false;
    await this.#uow.write((m) => m.insert(RecordingEntity, { callId, file: this.#files.nameOf(path), startedAt, ...size }));
    this.#events.publish('recordings.changed', { callId });
    return true;
  }

  async #get(callId: string): Promise<RecordingEntity> {
    const row = await this.of(callId);
    if (!row) throw problem(404, 'not-found', 'There is no recording of this call.');
    return row;
  }
}
