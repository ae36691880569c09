import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { actorName, type Principal, problem } from '../http/index.ts';
import { SubscriberEntity, SubscriberNoteEntity } from './subscriber.entity.ts';

/** More notes than these about one person nobody reads. */
const shownNotes = 500;

/** What administrators write down about a subscriber. Notes are added, never changed. */
@Injectable()
export class SubscriberNotesService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;

  constructor(uow: UnitOfWork, reader: DataSource) {
    this.#uow = uow;
    this.#reader = reader;
  }

  /** Newest first. */
  list(subscriberId: number): Promise<SubscriberNoteEntity[]> {
    return this.#reader.manager.find(SubscriberNoteEntity, {
      where: { subscriberId },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: shownNotes,
    });
  }

  /** Also about one who is closed. @throws problem 404 */
  add(subscriberId: number, text: string, actor: Principal): Promise<SubscriberNoteEntity> {
    return this.#uow.write(async (m) => {
      if (!(await m.existsBy(SubscriberEntity, { id: subscriberId }))) throw problem(404, 'not-found', 'There is no such subscriber.');
      return m.save(m.create(SubscriberNoteEntity, { subscriberId, text, actor: actorName(actor), createdAt: Date.now() }));
    });
  }
}
