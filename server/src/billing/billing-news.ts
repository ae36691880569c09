import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { EventsService } from '../events/events.service.ts';
import { formatMoney } from '../money/money.ts';
import { AccountBook } from './account-book.ts';
import type { FinishedCall } from './call-store.ts';

const EVERY_MS = 250;

/** Tells the pages about balances and call records. */
@Injectable()
export class BillingNews implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #events: EventsService;
  readonly #book: AccountBook;
  #timer: NodeJS.Timeout | undefined;

  constructor(events: EventsService, book: AccountBook) {
    this.#events = events;
    this.#book = book;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#tellBalances(), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  callClosed({ record }: FinishedCall): void {
    const data = { callId: record.callId, missed: record.missed };
    const { fromSubscriberId, toSubscriberId } = record;
    if (fromSubscriberId !== null) this.#events.publish('cdr.created', data, { subscriberId: fromSubscriberId });
    if (toSubscriberId !== null && toSubscriberId !== fromSubscriberId) {
      this.#events.publish('cdr.created', data, { subscriberId: toSubscriberId });
    }
    if (fromSubscriberId === null && toSubscriberId === null) this.#events.publish('cdr.created', data);
  }

  #tellBalances(): void {
    for (const { subscriberId, balance, held, available } of this.#book.takeChanged()) {
      const data = { subscriberId, balance: formatMoney(balance), held: formatMoney(held), available: formatMoney(available) };
      this.#events.publish('balance.changed', data, { subscriberId });
    }
  }
}
