import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Actor,
  idParam,
  type Principal,
  Returns,
  ReturnsNothing,
  Roles,
  SubscriberActor,
  type SubscriberPrincipal,
} from '../http/index.ts';
import {
  type ExampleQuestion,
  exampleQuestion,
  type LookupQuery,
  lookupAnswer,
  lookupQuery,
  type MyLookupQuery,
  myLookupQuery,
  priceExample,
  type RatePatch,
  rate,
  ratePatch,
} from './rate.schemas.ts';
import { RateLookupService } from './rate-lookup.service.ts';
import { rateDto } from './rate-views.ts';
import { RatesService } from './rates.service.ts';

@ApiTags('rates')
@Controller()
export class RatesController {
  readonly #rates: RatesService;
  readonly #lookup: RateLookupService;

  constructor(rates: RatesService, lookup: RateLookupService) {
    this.#rates = rates;
    this.#lookup = lookup;
  }

  @Get('rates/lookup')
  @ApiOperation({ summary: 'What a call to a number costs, with a worked example' })
  @Returns(lookupAnswer)
  lookup(@Query({ schema: lookupQuery }) query: LookupQuery) {
    return this.#lookup.lookup(query.number, query.tariffId, query.seconds);
  }

  @Get('me/rates/lookup')
  @Roles('subscriber')
  @ApiOperation({ summary: 'What a call to a number costs me' })
  @Returns(lookupAnswer)
  mine(@Query({ schema: myLookupQuery }) query: MyLookupQuery, @SubscriberActor() actor: SubscriberPrincipal) {
    return this.#lookup.lookup(query.number, this.#lookup.tariffOf(actor.subscriberId), query.seconds);
  }

  @Post('rates/example')
  @HttpCode(200)
  @ApiOperation({ summary: 'The price of a call at a rate that is not saved' })
  @Returns(priceExample)
  example(@Body({ schema: exampleQuestion }) body: ExampleQuestion) {
    return this.#lookup.example(body);
  }

  @Patch('rates/:id')
  @ApiOperation({ summary: 'Change a rate; calls under way keep the old one' })
  @Returns(rate)
  async update(@Param('id', { schema: idParam }) id: number, @Body({ schema: ratePatch }) body: RatePatch, @Actor() actor: Principal) {
    return rateDto(await this.#rates.update(id, body, actor));
  }

  @Delete('rates/:id')
  @ApiOperation({ summary: 'Remove a rate' })
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    await this.#rates.remove(id, actor);
  }
}
