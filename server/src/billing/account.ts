import { type Micros, micros, ZERO } from '../money/money.ts';

export type AccountKind = 'prepaid' | 'postpaid';

/** An account as the database holds it. */
export interface AccountRow {
  id: number;
  subscriberId: number;
  kind: AccountKind;
  balance: Micros;
  /** How far below zero the balance may go; 0 for prepaid. */
  creditLimit: Micros;
  /** What may be spent on calls in one day; null = no cap. */
  dailyCap: Micros | null;
}

/** An account in memory: the row, and what is only known here. */
export class Account {
  readonly id: number;
  readonly subscriberId: number;
  kind: AccountKind;
  balance: Micros;
  creditLimit: Micros;
  dailyCap: Micros | null;
  /** Reserved by open calls and debits under way. */
  held: Micros = ZERO;
  #spent: Micros = ZERO;
  /** The day `#spent` belongs to, as a date. */
  #day = 0;

  constructor(row: AccountRow) {
    this.id = row.id;
    this.subscriberId = row.subscriberId;
    this.kind = row.kind;
    this.balance = row.balance;
    this.creditLimit = row.creditLimit;
    this.dailyCap = row.dailyCap;
  }

  /** balance + credit limit - holds (5-rating C2). */
  get available(): Micros {
    return micros(this.balance + (this.kind === 'prepaid' ? 0 : this.creditLimit) - this.held);
  }

  spentOn(day: number): Micros {
    return this.#day === day ? this.#spent : ZERO;
  }

  spend(amount: Micros, day: number): void {
    this.#spent = micros(this.spentOn(day) + amount);
    this.#day = day;
  }

  /** Daily cap - spent today - holds; null = no cap. */
  dailyLeft(day: number): Micros | null {
    return this.dailyCap === null ? null : micros(this.dailyCap - this.spentOn(day) - this.held);
  }
}
