import { Injectable } from '@nestjs/common';
import { ActiveCalls } from '../calls/active-calls.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import type { Principal } from '../http/index.ts';
import { NumbersService } from '../numbers/numbers.service.ts';
import { SubscribersService } from './subscribers.service.ts';

/** Closing a subscriber everywhere: row, numbers, and the calls he is in. His phones go with his entry in the directory. */
@Injectable()
export class SubscriberClosing {
  readonly #uow: UnitOfWork;
  readonly #subscribers: SubscribersService;
  readonly #numbers: NumbersService;
  readonly #calls: ActiveCalls;

  constructor(uow: UnitOfWork, subscribers: SubscribersService, numbers: NumbersService, calls: ActiveCalls) {
    this.#uow = uow;
    this.#subscribers = subscribers;
    this.#numbers = numbers;
    this.#calls = calls;
  }

  /** @throws problem 404 */
  async close(id: number, actor: Principal): Promise<void> {
    await this.#uow.write(async (m) => {
      await this.#numbers.releaseOf(m, id, actor);
      await this.#subscribers.remove(id, actor);
    });
    for (const call of this.#calls.ofSubscriber(id)) this.#calls.hangup(call.id, 'admin', 'Account closed');
  }
}
