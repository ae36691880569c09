import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminActor, idParam, type Principal, Returns, ReturnsNothing } from '../http/index.ts';
import { type BanQuery, ban, banPage, banQuery, type NewBan, newBan } from './bans.schemas.ts';
import { BansService } from './bans.service.ts';

@ApiTags('bans')
@Controller('bans')
export class BansController {
  readonly #bans: BansService;

  constructor(bans: BansService) {
    this.#bans = bans;
  }

  @Get()
  @ApiOperation({ summary: 'Addresses that are banned now' })
  @Returns(banPage)
  list(@Query({ schema: banQuery }) query: BanQuery) {
    return this.#bans.list(query);
  }

  @Post()
  @ApiOperation({ summary: 'Ban an address. Networks of administrators and gateways are never banned' })
  @Returns(ban, { status: 201 })
  create(@Body({ schema: newBan }) body: NewBan, @AdminActor() actor: Principal) {
    return this.#bans.ban(body, actor);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Forgive' })
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @AdminActor() actor: Principal): Promise<void> {
    await this.#bans.pardon(id, actor);
  }
}
