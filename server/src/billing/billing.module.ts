import { Global, Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { systemClock } from '../sip/transaction/timer-wheel.ts';
import { AccountBook } from './account-book.ts';
import { AccountCharging } from './account-charging.ts';
import { AccountsService, loadAccounts } from './accounts.service.ts';
import { BillingNews } from './billing-news.ts';
import { Calendar } from './calendar-day.ts';
import { recoverCalls } from './call-recovery.ts';
import { CallStore } from './call-store.ts';
import { LedgerService } from './ledger.service.ts';
import { findRate } from './rate-table.ts';

const log = new Logger('Billing');

/** Starts charging when everything is loaded; stops, and writes what waits, just before the database closes. */
@Injectable()
class ChargingLife implements OnApplicationBootstrap {
  readonly #charging: AccountCharging;
  readonly #uow: UnitOfWork;

  constructor(charging: AccountCharging, uow: UnitOfWork) {
    this.#charging = charging;
    this.#uow = uow;
  }

  onApplicationBootstrap(): void {
    this.#uow.onClose(() => this.#charging.stop());
    this.#charging.start();
  }
}

const accountBook = {
  provide: AccountBook,
  inject: [UnitOfWork, getDataSourceToken(), SettingsService],
  useFactory: async (uow: UnitOfWork, reader: DataSource, settings: SettingsService) => {
    const recovered = await recoverCalls(uow);
    if (recovered > 0) log.warn(`${recovered} calls were talking when the process last stopped; they are closed and charged`);
    await settings.ready();
    const calendar = new Calendar(settings.current.timeZone);
    settings.onChange((after, changed) => {
      if (changed.has('timeZone')) calendar.timeZone = after.timeZone;
    });
    const book = new AccountBook({ calendar });
    await loadAccounts((sql) => reader.query(sql), book, calendar.dayOf(Date.now()).start);
    return book;
  },
};

const accountCharging = {
  provide: AccountCharging,
  inject: [AccountBook, CallStore, Directory, BillingNews],
  useFactory: (book: AccountBook, store: CallStore, directory: Directory, news: BillingNews) =>
    new AccountCharging({
      book,
      store,
      clock: systemClock,
      rateAt: (tariffId, e164, atMs) => {
        const found = findRate(directory.tariffs, tariffId, e164, atMs);
        return found.ok ? found.rate : undefined;
      },
      onClosed: (call) => news.callClosed(call),
      onFault: (what, error) => log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`),
    }),
};

const callStore = { provide: CallStore, inject: [UnitOfWork], useFactory: (uow: UnitOfWork) => new CallStore(uow) };

/** Accounts, the ledger and the charging of calls. */
@Global()
@Module({
  providers: [accountBook, callStore, accountCharging, BillingNews, ChargingLife, AccountsService, LedgerService],
  exports: [AccountBook, AccountCharging, AccountsService, LedgerService],
})
export class BillingModule {}
