import { Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Actor, type Principal, Returns, ReturnsNothing } from '../http/index.ts';
import type { LogQuery, TimeSettings } from './contract/index.ts';
import {
  disksAnswer,
  factoryResetBody,
  hostnameShape,
  logsAnswer,
  logsQuery,
  powerBody,
  restartBody,
  servicesAnswer,
  stateAnswer,
  systemAnswer,
  timeAnswer,
  timeBody,
  usbAnswer,
} from './host.schemas.ts';
import { HostService } from './host.service.ts';
import { HostClient } from './host-client.ts';
import { HostStateReader } from './host-state.ts';
import { ownSystem } from './own-system.ts';

/** The machine under Dialtone: what it is, its services, clock, logs and power. */
@ApiTags('host')
@Controller('host')
export class MachineController {
  readonly #client: HostClient;
  readonly #host: HostService;
  readonly #state: HostStateReader;

  constructor(client: HostClient, host: HostService, state: HostStateReader) {
    this.#client = client;
    this.#host = host;
    this.#state = state;
  }

  @Get()
  @ApiOperation({ summary: 'Whether this is the appliance, and the state of its data disk' })
  @Returns(stateAnswer)
  async state() {
    return { appliance: this.#client.present, state: (this.#client.present ? await this.#state.current() : undefined) ?? null };
  }

  @Get('system')
  @ApiOperation({ summary: 'Processor, memory, disks, temperatures; away from the appliance what the process itself can see' })
  @Returns(systemAnswer)
  system() {
    return this.#client.present ? this.#client.call('GET', '/system', { schema: systemAnswer }) : ownSystem();
  }

  @Get('services')
  @ApiOperation({ summary: 'Services of the appliance' })
  @Returns(servicesAnswer)
  services() {
    return this.#client.call('GET', '/services', { schema: servicesAnswer });
  }

  @Post('services/restart')
  @ApiOperation({ summary: 'Restart a service' })
  @ReturnsNothing()
  restart(@Body({ schema: restartBody }) body: z.infer<typeof restartBody>, @Actor() actor: Principal) {
    return this.#host.restartService(body.name, actor);
  }

  @Get('hostname')
  @Returns(hostnameShape)
  hostname() {
    return this.#client.call('GET', '/hostname', { schema: hostnameShape });
  }

  @Put('hostname')
  @Returns(hostnameShape)
  changeHostname(@Body({ schema: hostnameShape }) body: z.infer<typeof hostnameShape>, @Actor() actor: Principal) {
    return this.#host.changeHostname(body.hostname, actor);
  }

  @Get('time')
  @ApiOperation({ summary: 'Clock, time zone and whether a time server is followed' })
  @Returns(timeAnswer)
  time() {
    return this.#client.call('GET', '/time', { schema: timeAnswer });
  }

  @Put('time')
  @Returns(timeAnswer)
  changeTime(@Body({ schema: timeBody }) body: TimeSettings, @Actor() actor: Principal) {
    return this.#host.changeTime(body, actor);
  }

  @Get('logs')
  @ApiOperation({ summary: 'The log of the machine, newest first' })
  @Returns(logsAnswer)
  logs(@Query({ schema: logsQuery }) query: LogQuery) {
    const text = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) text.set(name, String(value));
    return this.#client.call('GET', `/logs?${text}`, { schema: logsAnswer });
  }

  @Get('disks')
  @Returns(disksAnswer)
  disks() {
    return this.#client.call('GET', '/disks', { schema: disksAnswer });
  }

  @Get('usb')
  @ApiOperation({ summary: 'USB volumes that backups can be written to' })
  @Returns(usbAnswer)
  usb() {
    return this.#client.call('GET', '/usb', { schema: usbAnswer });
  }

  @Post('power')
  @ApiOperation({ summary: 'Restart the machine or switch it off' })
  @ReturnsNothing()
  power(@Body({ schema: powerBody }) body: z.infer<typeof powerBody>, @Actor() actor: Principal) {
    return this.#host.power(body.action, actor);
  }

  @Post('factory-reset')
  @ApiOperation({ summary: 'Erase everything on the data disk; needs the word ERASE' })
  @ReturnsNothing()
  factoryReset(@Body({ schema: factoryResetBody }) body: z.infer<typeof factoryResetBody>, @Actor() actor: Principal) {
    return this.#host.factoryReset(body.confirm, actor);
  }
}
