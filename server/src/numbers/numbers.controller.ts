import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, idParam, type Principal, Returns, ReturnsNothing } from '../http/index.ts';
import {
  type NewNumber,
  type NumberPatch,
  type NumberQuery,
  newNumber,
  numberDto,
  numberPage,
  numberPatch,
  numberQuery,
} from './number.schemas.ts';
import { NumbersService } from './numbers.service.ts';

@ApiTags('numbers')
@Controller('numbers')
export class NumbersController {
  readonly #numbers: NumbersService;

  constructor(numbers: NumbersService) {
    this.#numbers = numbers;
  }

  @Get()
  @ApiOperation({ summary: 'Aliases and DIDs' })
  @Returns(numberPage)
  list(@Query({ schema: numberQuery }) query: NumberQuery) {
    return this.#numbers.list(query);
  }

  @Post()
  @ApiOperation({ summary: 'Add an alias or a DID' })
  @Returns(numberDto, { status: 201 })
  create(@Body({ schema: newNumber }) body: NewNumber, @Actor() actor: Principal) {
    return this.#numbers.create(body, actor);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Lead a number to another subscriber or target' })
  @Returns(numberDto)
  update(@Param('id', { schema: idParam }) id: number, @Body({ schema: numberPatch }) body: NumberPatch, @Actor() actor: Principal) {
    return this.#numbers.update(id, body, actor);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Take a number away' })
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    await this.#numbers.remove(id, actor);
  }
}
