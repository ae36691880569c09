import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventsService } from '../events/events.service.ts';
import { VoicemailMessageEntity } from './message.entity.ts';

export interface Counts {
  readonly newMessages: number;
  readonly savedMessages: number;
}

const NONE: Counts = { newMessages: 0, savedMessages: 0 };

/** How many messages wait where: known in memory, as phones ask with every registration. */
@Injectable()
export class MessageCounts {
  readonly #reader: DataSource;
  readonly #events: EventsService;
  readonly #counts = new Map<number, Counts>();
  readonly #listeners = new Set<(subscriberId: number) => void>();

  constructor(reader: DataSource, events: EventsService) {
    this.#reader = reader;
    this.#events = events;
  }

  /** undefined: there has never been a message. */
  of(subscriberId: number): Counts | undefined {
    return this.#counts.get(subscriberId);
  }

  onChange(listener: (subscriberId: number) => void): void {
    this.#listeners.add(listener);
  }

  async load(): Promise<void> {
    for (const [subscriberId, counts] of await this.#read()) this.#counts.set(subscriberId, counts);
  }

  /** Counts again after a commit, and tells phones and pages. */
  async refresh(subscriberId: number): Promise<void> {
    const counts = (await this.#read(subscriberId)).get(subscriberId) ?? NONE;
    this.#counts.set(subscriberId, counts);
    this.#events.publish('voicemail.changed', { id: subscriberId, ...counts }, { subscriberId });
    for (const listener of this.#listeners) listener(subscriberId);
  }

  async #read(subscriberId?: number): Promise<Map<number, Counts>> {
    const count = (state: string) => `SUM(CASE WHEN m."state" = '${state}' THEN 1 ELSE 0 END)`;
    const query = this.#reader
      .createQueryBuilder(VoicemailMessageEntity, 'm')
      .select('m."subscriberId"', 'subscriberId')
      .addSelect(count('new'), 'new')
      .addSelect(count('saved'), 'saved')
      .groupBy('m."subscriberId"');
    if (subscriberId !== undefined) query.where('m."subscriberId" = :subscriberId', { subscriberId });
    // Sums are text on PostgreSQL.
    const rows = await query.getRawMany<{ subscriberId: number; new: number | string; saved: number | string }>();
    return new Map(rows.map((row) => [row.subscriberId, { newMessages: Number(row.new), savedMessages: Number(row.saved) }]));
  }
}
