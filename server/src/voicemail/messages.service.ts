import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type FindOptionsWhere, In, LessThan } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { problem } from '../http/index.ts';
import type { VoicemailWhy } from '../routing/call-plan.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { VoicemailMessageEntity } from './message.entity.ts';
import { MessageCounts } from './message-counts.ts';
import { MessageMail } from './message-mail.ts';
import { VoicemailFiles } from './voicemail-files.ts';

/** Who leaves a message, and why he came to the mailbox. */
export interface MessageStart {
  readonly subscriberId: number;
  readonly callId: string;
  readonly why: VoicemailWhy;
  readonly callerNumber: string;
  readonly callerName: string;
}

export interface OpenMessage {
  readonly id: number;
  readonly subscriberId: number;
  /** Where it is recorded. */
  readonly path: string;
}

export type KeptState = 'new' | 'saved' | 'deleted';
const KEPT: KeptState[] = ['new', 'saved'];

/** The messages: from the first word to the last day. */
@Injectable()
export class MessagesService {
  readonly #log = new Logger('Voicemail');
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #files: VoicemailFiles;
  readonly #boxes: MailboxesService;
  readonly #counts: MessageCounts;
  readonly #mail: MessageMail;
  readonly #settings: SettingsService;
  /** Being recorded by this process. */
  readonly #open = new Set<number>();

  constructor(
    uow: UnitOfWork,
    reader: DataSource,
    files: VoicemailFiles,
    boxes: MailboxesService,
    counts: MessageCounts,
    mail: MessageMail,
    settings: SettingsService,
  ) {
    this.#uow = uow;
    this.#reader = reader;
    this.#files = files;
    this.#boxes = boxes;
    this.#counts = counts;
    this.#mail = mail;
    this.#settings = settings;
  }

  // --- taking one ----------------------------------------------------------------------------------------------------------------

  /** A message begins. From here on it is found again, whatever happens to the server. */
  async begin(start: MessageStart): Promise<OpenMessage> {
    await this.#files.prepare(start.subscriberId);
    const file = this.#files.newName();
    const row = await this.#uow.write((m) =>
      m.save(
        m.create(VoicemailMessageEntity, {
          ...start,
          ...{ state: 'recording', file, seconds: 0, receivedAt: Date.now(), deletedAt: null, mailId: null },
          callerNumber: start.callerNumber.slice(0, 64),
          callerName: start.callerName.slice(0, 120),
        }),
      ),
    );
    this.#open.add(row.id);
    return { id: row.id, subscriberId: start.subscriberId, path: this.#files.message(start.subscriberId, file) };
  }

  /** It is over: kept and mailed, or dropped if there is next to nothing in it. @returns whether it was kept */
  async finish({ id }: Pick<OpenMessage, 'id'>): Promise<boolean> {
    try {
      return await this.#finish(id);
    } finally {
      this.#open.delete(id);
    }
  }

  async #finish(id: number): Promise<boolean> {
    const row = await this.#reader.getRepository(VoicemailMessageEntity).findOneBy({ id, state: 'recording' });
    if (!row) return false;
    const seconds = await this.#files.secondsOf(this.#files.message(row.subscriberId, row.file));
    if (seconds < Math.max(0.1, this.#settings.current.voicemailMinSeconds)) {
      await this.#remove([row]);
      return false;
    }
    const box = await this.#boxes.of(row.subscriberId);
    await this.#uow.write(async (m) => {
      const kept = { ...row, state: 'new' as const, seconds };
      const newMessages = 1 + (await m.countBy(VoicemailMessageEntity, { subscriberId: row.subscriberId, state: 'new' }));
      kept.mailId = await this.#mail.enqueue(kept, box, newMessages);
      await m.save(VoicemailMessageEntity, kept);
    });
    await this.#counts.refresh(row.subscriberId);
    return true;
  }

  /** Finishes what a process that died left behind. @returns how many messages were saved so */
  async recover(): Promise<number> {
    let kept = 0;
    for (const { id } of await this.#reader.getRepository(VoicemailMessageEntity).findBy({ state: 'recording' })) {
      if (this.#open.has(id)) continue;
      if (await this.#finish(id)) kept++;
    }
    if (kept > 0) this.#log.warn(`${kept} messages were cut short when the server stopped; they are kept as far as they go`);
    return kept;
  }

  /** Is there room for one more? */
  async isFull(subscriberId: number): Promise<boolean> {
    const { maxMessages, maxSeconds } = await this.#boxes.of(subscriberId);
    const { messages, seconds } = await this.usage(subscriberId);
    return messages >= maxMessages || seconds >= maxSeconds;
  }

  // --- what there is -------------------------------------------------------------------------------------------------------------

  async usage(subscriberId: number): Promise<{ messages: number; seconds: number }> {
    const row = await this.#reader
      .createQueryBuilder(VoicemailMessageEntity, 'm')
      .select('COUNT(*)', 'messages')
      .addSelect('SUM(m."seconds")', 'seconds')
      .where('m."subscriberId" = :subscriberId AND m."state" IN (:...states)', { subscriberId, states: KEPT })
      .getRawOne<{ messages: number | string; seconds: number | null }>();
    return { messages: Number(row?.messages ?? 0), seconds: Number(row?.seconds ?? 0) };
  }

  /** The newest first. */
  async list(
    subscriberId: number,
    { states = KEPT, skip, take }: { states?: readonly KeptState[]; skip?: number; take?: number } = {},
  ): Promise<[VoicemailMessageEntity[], number]> {
    return this.#reader.getRepository(VoicemailMessageEntity).findAndCount({
      where: { subscriberId, state: In([...states]) },
      order: { receivedAt: 'DESC', id: 'DESC' },
      ...(skip !== undefined && { skip }),
      ...(take !== undefined && { take }),
    });
  }

  /** @throws problem 404 for one that is not there, or not his */
  async one(subscriberId: number, id: number): Promise<VoicemailMessageEntity> {
    const row = await this.#reader.getRepository(VoicemailMessageEntity).findOneBy({ id, subscriberId });
    if (!row || row.state === 'recording') throw problem(404, 'not-found', 'There is no such message.');
    return row;
  }

  async path(subscriberId: number, id: number): Promise<string> {
    const { file } = await this.one(subscriberId, id);
    return this.#files.message(subscriberId, file);
  }

  /** By the call it was left in: for lists of missed calls. */
  async ofCalls(subscriberId: number, callIds: readonly string[]): Promise<Map<string, number>> {
    if (callIds.length === 0) return new Map();
    const rows = await this.#reader.getRepository(VoicemailMessageEntity).find({
      select: { id: true, callId: true },
      where: { subscriberId, callId: In([...callIds]), state: In(KEPT) },
    });
    return new Map(rows.map(({ id, callId }) => [callId, id]));
  }

  async setState(subscriberId: number, id: number, state: KeptState): Promise<VoicemailMessageEntity> {
    const row = await this.one(subscriberId, id);
    if (row.state === state) return row;
    const changed = { ...row, state, deletedAt: state === 'deleted' ? Date.now() : null };
    await this.#uow.write((m) => m.save(VoicemailMessageEntity, changed));
    await this.#counts.refresh(subscriberId);
    return changed;
  }

  /** Its mail has been taken by the mail server, with the recording in it. */
  async mailed(mailId: number): Promise<void> {
    const row = await this.#reader.getRepository(VoicemailMessageEntity).findOneBy({ mailId, state: In(KEPT) });
    if (row && (await this.#boxes.of(row.subscriberId)).deleteAfterMailing) await this.setState(row.subscriberId, row.id, 'deleted');
  }

  // --- taking away ---------------------------------------------------------------------------------------------------------------

  /** Takes deleted messages away for good, whose time for undo is over. @returns how many */
  removeDeleted(before: number): Promise<number> {
    return this.#removeWhere({ state: 'deleted', deletedAt: LessThan(before) });
  }

  /** @returns how many */
  removeOlder(subscriberId: number, before: number): Promise<number> {
    return this.#removeWhere({ subscriberId, state: In(KEPT), receivedAt: LessThan(before) });
  }

  async subscribersWithMessages(): Promise<number[]> {
    const query = this.#reader.createQueryBuilder(VoicemailMessageEntity, 'm').select('DISTINCT m."subscriberId"', 'id');
    return (await query.getRawMany<{ id: number }>()).map(({ id }) => id);
  }

  /** All that a closed subscriber left. */
  async removeAllOf(subscriberId: number): Promise<void> {
    await this.#files.removeAll(subscriberId);
    await this.#uow.write((m) => m.delete(VoicemailMessageEntity, { subscriberId }));
    await this.#counts.refresh(subscriberId);
  }

  async #removeWhere(where: FindOptionsWhere<VoicemailMessageEntity>): Promise<number> {
    const rows = await this.#reader.getRepository(VoicemailMessageEntity).find({ where, take: 1000 });
    await this.#remove(rows);
    for (const subscriberId of new Set(rows.map((row) => row.subscriberId))) await this.#counts.refresh(subscriberId);
    return rows.length;
  }

  /** Files first: a row without its file is taken away the next time, a file without its row would stay for ever. */
  async #remove(rows: readonly VoicemailMessageEntity[]): Promise<void> {
    for (const { subscriberId, file } of rows) await this.#files.remove(this.#files.message(subscriberId, file));
    if (rows.length > 0) await this.#uow.write((m) => m.delete(VoicemailMessageEntity, { id: In(rows.map(({ id }) => id)) }));
  }
}
