import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ActiveCalls } from '../calls/active-calls.ts';
import { GatewayMonitor } from '../calls/gateways/gateway-monitor.ts';
import { Actor, idParam, type Principal, Returns, ReturnsNothing, timeOf } from '../http/index.ts';
import type { GatewayEntity } from './gateway.entity.ts';
import {
  type GatewayDto,
  type GatewayPatch,
  type GatewayStatusDto,
  gatewayDto,
  gatewayList,
  gatewayPatch,
  type NewGateway,
  newGateway,
} from './gateway.schemas.ts';
import { gatewayStatusDto } from './gateway-status.ts';
import { GatewaysService } from './gateways.service.ts';

@ApiTags('gateways')
@Controller('gateways')
export class GatewaysController {
  readonly #gateways: GatewaysService;
  readonly #monitor: GatewayMonitor;
  readonly #calls: ActiveCalls;

  constructor(gateways: GatewaysService, monitor: GatewayMonitor, calls: ActiveCalls) {
    this.#gateways = gateways;
    this.#monitor = monitor;
    this.#calls = calls;
  }

  @Get()
  @ApiOperation({ summary: 'Gateways and what they are doing now' })
  @Returns(gatewayList)
  async list() {
    return { items: (await this.#gateways.list()).map((row) => this.#dto(row)) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One gateway' })
  @Returns(gatewayDto)
  async get(@Param('id', { schema: idParam }) id: number) {
    return this.#dto(await this.#gateways.get(id));
  }

  @Post()
  @ApiOperation({ summary: 'Add a gateway' })
  @Returns(gatewayDto, { status: 201 })
  async create(@Body({ schema: newGateway }) body: NewGateway, @Actor() actor: Principal) {
    return this.#dto(await this.#gateways.create(body, actor));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a gateway. The password is only ever written' })
  @Returns(gatewayDto)
  async update(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: gatewayPatch }) body: GatewayPatch,
    @Actor() actor: Principal,
  ) {
    return this.#dto(await this.#gateways.update(id, body, actor));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Remove a gateway' })
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    await this.#gateways.remove(id, actor);
  }

  #dto(row: GatewayEntity): GatewayDto {
    const { password, sources, createdAt, updatedAt, callerIdMode, ...rest } = row;
    return {
      ...rest,
      callerIdMode: callerIdMode as GatewayDto['callerIdMode'],
      sources: [...sources],
      hasPassword: password !== null,
      createdAt: timeOf(createdAt),
      updatedAt: timeOf(updatedAt),
      status: this.#status(row),
    };
  }

  #status(row: GatewayEntity): GatewayStatusDto {
    return gatewayStatusDto(row, this.#monitor, this.#calls);
  }
}
