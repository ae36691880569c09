import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AccountBook } from '../billing/account-book.ts';
import { affordableSeconds, price } from '../billing/price.ts';
import { RoutePlanner } from '../calls/route-planner.ts';
import { Directory } from '../directory/directory.ts';
import { fieldProblem, formatMoney, Returns } from '../http/index.ts';
import { type Micros, micros } from '../money/money.ts';
import type { CallPlan, Next, PriceQuote, Stage } from '../routing/call-plan.ts';
import { type RouteResult, type RouteStageDto, type RouteTest, routeResult, routeTest } from './route-test.schemas.ts';

@ApiTags('calls')
@Controller('route-test')
export class RouteTestController {
  readonly #planner: RoutePlanner;
  readonly #directory: Directory;
  readonly #book: AccountBook;

  constructor(planner: RoutePlanner, directory: Directory, book: AccountBook) {
    this.#planner = planner;
    this.#directory = directory;
    this.#book = book;
  }

  @Post()
  @ApiOperation({ summary: 'What would happen if one dialled the other: plan, price and reasons. Nothing is called' })
  @Returns(routeResult)
  test(@Body({ schema: routeTest }) body: RouteTest): RouteResult {
    const at = body.at === undefined ? undefined : Date.parse(body.at);
    const plan = this.#planner.test(body.from, body.dialled, at);
    if (!plan) throw fieldProblem('from', 'unknown', 'There is no such subscriber.');
    const first = plan.stages[0];
    const refused = first?.kind === 'reject' ? first : undefined;
    return {
      allowed: first !== undefined && !refused,
      refusal: refused ? { code: refused.code, status: refused.status, reason: refused.reason, text: refused.text } : null,
      e164: plan.e164 ?? null,
      destination: plan.destination ?? null,
      toSubscriberId: plan.toSubscriberId ?? null,
      stages: plan.stages.map((stage) => this.#stage(stage)),
      explanation: plan.explanation.map(({ code, params }) => ({ code, params: { ...params } })),
      price: this.#price(plan, body.seconds ?? 60),
    };
  }

  #price(plan: CallPlan, seconds: number): RouteResult['price'] {
    for (const stage of plan.stages) {
      if (stage.kind === 'bridge' && stage.price) return this.#quote(stage.price, stage.payerId, seconds);
    }
    return null;
  }

  #quote({ rate }: PriceQuote, payerId: number, seconds: number): RouteResult['price'] {
    const affordable = affordableSeconds(rate, this.#spendable(payerId));
    return {
      prefix: rate.prefix,
      name: rate.name,
      pricePerMinute: formatMoney(rate.pricePerMinute),
      connectFee: formatMoney(rate.connectFee),
      firstIncrement: rate.firstIncrement,
      nextIncrement: rate.nextIncrement,
      exampleSeconds: seconds,
      exampleCost: formatMoney(price(rate, seconds * 1000).cost),
      affordableSeconds: affordable.ok ? affordable.seconds : null,
    };
  }

  /** Available, and not more than the daily cap leaves. */
  #spendable(subscriberId: number): Micros {
    const accountId = this.#book.accountOf(subscriberId);
    if (accountId === undefined) return micros(0);
    const left = this.#book.dailyLeft(accountId);
    const available = this.#book.available(accountId);
    return left === null || left > available ? available : left;
  }

  #stage(stage: Stage): RouteStageDto {
    switch (stage.kind) {
      case 'ring':
        return {
          kind: 'ring',
          phones: stage.targets.map((group) => group.map((target) => target.uri)),
          ringSeconds: stage.ringSeconds,
          onBusy: nextDto(stage.onBusy),
          onNoAnswer: nextDto(stage.onNoAnswer),
          onNotRegistered: nextDto(stage.onNotRegistered),
          onRefused: nextDto(stage.onRefused),
        };
      case 'bridge':
        return {
          kind: 'bridge',
          gateways: stage.gateways.map(({ gatewayId, requestUser }) => ({
            id: gatewayId,
            name: this.#directory.gateway(gatewayId)?.name ?? '',
            sends: requestUser,
          })),
          maxSeconds: stage.maxSeconds,
          onFailed: nextDto(stage.onFailed),
        };
      case 'app':
        return { kind: 'app', app: stage.app, argument: stage.argument ?? null };
      case 'redirect':
        return { kind: 'redirect', contacts: [...stage.contacts] };
      case 'reject':
        return { kind: 'reject', status: stage.status, reason: stage.reason, code: stage.code, text: stage.text };
    }
  }
}

function nextDto(next: Next | undefined): { stage: number | null; refuse: string | null } | null {
  if (!next) return null;
  return 'stage' in next ? { stage: next.stage, refuse: null } : { stage: null, refuse: next.refuse };
}
