import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditService } from '../audit/audit.service.ts';
import { AccountBook } from '../billing/account-book.ts';
import { type AlsoWrite, type LedgerRow, LedgerService, type Posting } from '../billing/ledger.service.ts';
import {
  Actor,
  actorName,
  fieldProblem,
  formatMoney,
  idParam,
  type Page,
  type Principal,
  problem,
  Returns,
  Roles,
  SubscriberActor,
  type SubscriberPrincipal,
  timeOf,
} from '../http/index.ts';
import {
  type Correction,
  type Credit,
  correction,
  credit,
  creditReceipt,
  idempotencyKey,
  type LedgerEntryDto,
  type LedgerQuery,
  ledgerPage,
  ledgerQuery,
} from './ledger.schemas.ts';

const IdempotencyHeader = () =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'One unique value a movement: a repeated request makes no second entry',
  });

/** Movements of money: who may see them, and who may make them. */
@ApiTags('ledger')
@Controller()
export class LedgerController {
  readonly #ledger: LedgerService;
  readonly #book: AccountBook;
  readonly #audit: AuditService;

  constructor(ledger: LedgerService, book: AccountBook, audit: AuditService) {
    this.#ledger = ledger;
    this.#book = book;
    this.#audit = audit;
  }

  @Get('subscribers/:id/ledger')
  @ApiOperation({ summary: 'The ledger of a subscriber' })
  @Returns(ledgerPage)
  async ofSubscriber(@Param('id', { schema: idParam }) id: number, @Query({ schema: ledgerQuery }) query: LedgerQuery) {
    return this.#page(id, query);
  }

  @Get('me/ledger')
  @Roles('subscriber')
  @ApiOperation({ summary: 'My ledger' })
  @Returns(ledgerPage)
  async mine(@SubscriberActor() me: SubscriberPrincipal, @Query({ schema: ledgerQuery }) query: LedgerQuery) {
    return this.#page(me.subscriberId, query);
  }

  @Post('subscribers/:id/credit')
  @IdempotencyHeader()
  @ApiOperation({ summary: 'Add credit (or take it away) with a reason' })
  @Returns(creditReceipt)
  async credit(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: credit }) { amount, reason }: Credit,
    @Headers('idempotency-key') header: string | undefined,
    @Actor() actor: Principal,
  ) {
    const accountId = this.#accountOf(id);
    const key = `credit:${accountId}:${readKey(header)}`;
    const type = amount > 0 ? 'topup' : 'adjust';
    const entry = { accountId, type, amount, reason, actor: actorName(actor), idempotencyKey: key } as const;
    return receipt(await this.#ledger.post(entry, this.#inAudit(actor)));
  }

  @Post('ledger/:entryId/correct')
  @IdempotencyHeader()
  @ApiOperation({ summary: 'Correct an entry by a new one that points at it' })
  @Returns(creditReceipt)
  async correct(
    @Param('entryId', { schema: idParam }) entryId: number,
    @Body({ schema: correction }) { amount, reason }: Correction,
    @Headers('idempotency-key') header: string | undefined,
    @Actor() actor: Principal,
  ) {
    const key = `correct:${entryId}:${readKey(header)}`;
    const entry = { amount, reason, actor: actorName(actor), idempotencyKey: key };
    return receipt(await this.#ledger.correct(entryId, entry, this.#inAudit(actor)));
  }

  /** The audit points at the entry, which names amount and reason for ever; nothing of it is written twice. */
  #inAudit(actor: Principal): AlsoWrite {
    return (entry) => this.#audit.record(actor, `ledger.${entry.type}`, 'ledger', entry.id);
  }

  async #page(subscriberId: number, { from, to, ...query }: LedgerQuery) {
    const filter = { ...query, ...(from && { from: Date.parse(from) }), ...(to && { to: Date.parse(to) }) };
    const page: Page<LedgerRow> = await this.#ledger.list(this.#accountOf(subscriberId), filter);
    return { ...page, items: page.items.map(dtoOf) };
  }

  #accountOf(subscriberId: number): number {
    const accountId = this.#book.accountOf(subscriberId);
    if (accountId === undefined) throw problem(404, 'not-found', 'There is no such subscriber.');
    return accountId;
  }
}

function readKey(header: string | undefined): string {
  const key = idempotencyKey.safeParse(header);
  if (!key.success) throw fieldProblem('Idempotency-Key', 'idempotency-key-needed', key.error.issues[0]?.message ?? 'Not a key');
  return key.data;
}

const receipt = ({ entry, replayed }: Posting) => ({ entry: dtoOf({ ...entry, correctedById: null }), replayed });

function dtoOf({ amount, endingBalance, createdAt, ...row }: LedgerRow): LedgerEntryDto {
  return { ...row, amount: formatMoney(amount), endingBalance: formatMoney(endingBalance), createdAt: timeOf(createdAt) };
}
