import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { hashPassword, verifyPassword } from '../auth/passwords.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import type { Principal } from '../http/index.ts';
import { fieldProblem } from '../http/index.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { MailboxEntity } from './mailbox.entity.ts';

/** A mailbox as it works: what was set for it, else what the settings say. */
export interface Mailbox {
  readonly subscriberId: number;
  readonly hasPin: boolean;
  readonly language: string;
  readonly mailMessages: boolean;
  readonly attachRecording: boolean;
  readonly deleteAfterMailing: boolean;
  readonly maxMessages: number;
  readonly maxSeconds: number;
  /** null: messages stay. */
  readonly retentionDays: number | null;
}

export type MailboxChanges = Partial<Omit<MailboxEntity, 'subscriberId' | 'pinHash' | 'updatedAt'>>;

const blank = (subscriberId: number): MailboxEntity => ({
  ...{ subscriberId, pinHash: null, language: null },
  ...{ mailMessages: true, attachRecording: true, deleteAfterMailing: false },
  ...{ maxMessages: null, maxMinutes: null, retentionDays: null, updatedAt: 0 },
});

/** What was set for the mailboxes. */
@Injectable()
export class MailboxesService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #settings: SettingsService;
  readonly #audit: AuditService;

  constructor(uow: UnitOfWork, reader: DataSource, directory: Directory, settings: SettingsService, audit: AuditService) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#settings = settings;
    this.#audit = audit;
  }

  /** As stored; nulls stand for the settings. */
  async stored(subscriberId: number): Promise<MailboxEntity> {
    return (await this.#reader.getRepository(MailboxEntity).findOneBy({ subscriberId })) ?? blank(subscriberId);
  }

  async of(subscriberId: number): Promise<Mailbox> {
    const row = await this.stored(subscriberId);
    const owner = this.#directory.subscriberById(subscriberId);
    const { voicemailMaxMessages, voicemailMaxMinutes, voicemailRetentionDays, defaultLanguage } = this.#settings.current;
    const { subscriberId: _id, pinHash, maxMinutes, updatedAt: _at, ...own } = row;
    return {
      ...own,
      subscriberId,
      hasPin: pinHash !== null,
      language: row.language ?? (owner ? this.#directory.promptLanguages.of(owner) : defaultLanguage),
      maxMessages: row.maxMessages ?? voicemailMaxMessages,
      maxSeconds: (maxMinutes ?? voicemailMaxMinutes) * 60,
      retentionDays: row.retentionDays ?? voicemailRetentionDays,
    };
  }

  /** How many days messages stay, of every mailbox that says so itself. */
  async retentions(): Promise<Map<number, number>> {
    const rows = await this.#reader.getRepository(MailboxEntity).find({ select: { subscriberId: true, retentionDays: true } });
    return new Map(rows.flatMap(({ subscriberId, retentionDays }) => (retentionDays === null ? [] : [[subscriberId, retentionDays]])));
  }

  async change(subscriberId: number, changes: MailboxChanges, actor: Principal): Promise<void> {
    await this.#uow.write(async (m) => {
      const before = (await m.findOneBy(MailboxEntity, { subscriberId })) ?? blank(subscriberId);
      const after = { ...before, ...changes, updatedAt: Date.now() };
      await m.save(MailboxEntity, after);
      await this.#audit.record(actor, 'mailbox.change', 'subscriber', subscriberId, shown(before), shown(after));
    });
  }

  /** @throws problem 400 for a PIN that anybody would try first */
  async setPin(subscriberId: number, pin: string | null, actor: Principal): Promise<void> {
    const number = this.#directory.subscriberById(subscriberId)?.number ?? '';
    if (pin !== null && !isGoodPin(pin, number))
      throw fieldProblem('pin', 'weak', 'Too easy to guess: not 1234, not 1111, not your number');
    const pinHash = pin === null ? null : await hashPassword(pin);
    await this.#uow.write(async (m) => {
      const row = (await m.findOneBy(MailboxEntity, { subscriberId })) ?? blank(subscriberId);
      await m.save(MailboxEntity, { ...row, pinHash, updatedAt: Date.now() });
      await this.#audit.record(actor, pin === null ? 'mailbox.pin-removed' : 'mailbox.pin', 'subscriber', subscriberId);
    });
  }

  /** Takes as long for a mailbox without a PIN, or for none at all (`undefined`). */
  async isPin(subscriberId: number | undefined, pin: string): Promise<boolean> {
    const row = subscriberId === undefined ? null : await this.#reader.getRepository(MailboxEntity).findOneBy({ subscriberId });
    return verifyPassword(row?.pinHash ?? null, pin);
  }

  /** The subscriber is gone. */
  async forget(subscriberId: number): Promise<void> {
    await this.#uow.write((m) => m.delete(MailboxEntity, { subscriberId }));
  }
}

/** 4 to 10 digits; no row of equal or neighbouring ones, and not the number itself. */
export function isGoodPin(pin: string, number: string): boolean {
  if (!/^\d{4,10}$/.test(pin) || pin === number) return false;
  const steps = new Set([...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index])));
  return steps.size > 1 || ![0, 1, -1].includes([...steps][0] ?? 0);
}

function shown({ subscriberId: _id, pinHash: _pin, updatedAt: _at, ...open }: MailboxEntity): Record<string, unknown> {
  return open;
}
