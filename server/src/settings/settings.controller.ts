import { Body, Controller, Get, Patch, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AdminActor, type Principal, Returns } from '../http/index.ts';
import { AdminNetworks } from './admin-networks.ts';
import { type SettingsPatch, settingsPatch, settingsSchema } from './settings.schema.ts';
import { SettingsService, withoutSecrets } from './settings.service.ts';

@ApiTags('settings')
@Controller('settings')
export class SettingsController {
  readonly #settings: SettingsService;
  readonly #networks: AdminNetworks;
  constructor(settings: SettingsService, networks: AdminNetworks) {
    this.#settings = settings;
    this.#networks = networks;
  }

  @Get()
  @Returns(settingsSchema)
  read() {
    return withoutSecrets(this.#settings.current);
  }

  /** Only the fields that are sent are changed. */
  @Patch()
  @Returns(settingsSchema)
  async change(@Body({ schema: settingsPatch }) body: SettingsPatch, @AdminActor() actor: Principal, @Req() request: FastifyRequest) {
    this.#networks.refuseLockOut(body, request);
    return withoutSecrets(await this.#settings.patch(body, actor));
  }
}
