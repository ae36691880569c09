import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, idParam, type Principal, Returns, ReturnsNothing } from '../http/index.ts';
import { domainDto, domainList, type NewDomain, newDomain } from './domain.schemas.ts';
import { DomainsService } from './domains.service.ts';

@ApiTags('domains')
@Controller('domains')
export class DomainsController {
  readonly #domains: DomainsService;

  constructor(domains: DomainsService) {
    this.#domains = domains;
  }

  @Get()
  @ApiOperation({ summary: 'SIP domains served here' })
  @Returns(domainList)
  async list() {
    return { items: await this.#domains.list() };
  }

  @Post()
  @ApiOperation({ summary: 'Serve another domain' })
  @Returns(domainDto, { status: 201 })
  create(@Body({ schema: newDomain }) body: NewDomain, @Actor() actor: Principal) {
    return this.#domains.create(body, actor);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Serve a domain no more' })
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    await this.#domains.remove(id, actor);
  }
}
