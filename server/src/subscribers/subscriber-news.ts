import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { EventsService } from '../events/events.service.ts';
import type { SubscriberEntity } from './subscriber.entity.ts';
import { toDirectory } from './subscriber-directory.ts';

/** More rows than these in one write are told as a crowd. */
const toldOneByOne = 50;

/** Passes changed subscribers on: to the SIP path, which must know at the next request, and to the pages. */
@Injectable()
export class SubscriberNews {
  readonly #uow: UnitOfWork;
  readonly #directory: Directory;
  readonly #events: EventsService;

  constructor(uow: UnitOfWork, directory: Directory, events: EventsService) {
    this.#uow = uow;
    this.#directory = directory;
    this.#events = events;
  }

  /** Belongs inside the write that changes the rows; nothing happens until it has committed. */
  tellAfterCommit(rows: readonly SubscriberEntity[]): void {
    this.#uow.afterCommit(() => {
      for (const row of rows) {
        if (row.status === 'closed') this.#directory.removeSubscriber(row.id);
        else this.#directory.upsertSubscriber(toDirectory(row));
      }
      for (const { id } of rows.slice(0, toldOneByOne)) this.#events.publish('subscribers.changed', { id }, { subscriberId: id });
      if (rows.length > toldOneByOne) this.#events.publish('subscribers.changed', { many: true });
    });
  }
}
