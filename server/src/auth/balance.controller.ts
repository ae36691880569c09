import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { AccountBook } from '../billing/account-book.ts';
import { AccountsService } from '../billing/accounts.service.ts';
import { formatMoney, problem, Returns, Roles, SubscriberActor, type SubscriberPrincipal } from '../http/index.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { balance } from './auth.schema.ts';

@ApiTags('me')
@Controller('me/balance')
@Roles('subscriber')
export class BalanceController {
  readonly #accounts: AccountsService;
  readonly #book: AccountBook;
  readonly #settings: SettingsService;
  readonly #reader: DataSource;

  constructor(accounts: AccountsService, book: AccountBook, settings: SettingsService, reader: DataSource) {
    this.#accounts = accounts;
    this.#book = book;
    this.#settings = settings;
    this.#reader = reader;
  }

  /** As the next call would see it: what is reserved by calls under way is not available. */
  @Get()
  @Returns(balance)
  async read(@SubscriberActor() actor: SubscriberPrincipal) {
    const account = this.#book.accountOf(actor.subscriberId);
    if (account === undefined) throw problem(404, 'not-found', 'There is no account.');
    const { kind, creditLimit, dailyCap } = await this.#accounts.termsOf(this.#reader.manager, actor.subscriberId);
    const left = this.#book.dailyLeft(account);
    return {
      kind,
      currency: this.#settings.current.currency,
      balance: formatMoney(this.#book.balance(account)),
      held: formatMoney(this.#book.held(account)),
      available: formatMoney(this.#book.available(account)),
      creditLimit: formatMoney(creditLimit),
      dailyCap: dailyCap === null ? null : formatMoney(dailyCap),
      dailyLeft: left === null ? null : formatMoney(left),
    };
  }
}
