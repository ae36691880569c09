import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AdminActor, type Principal, Returns } from '../http/index.ts';
import { type SettingsPatch, settingsPatch, settingsSchema } from './settings.schema.ts';
import { SettingsService, withoutSecrets } from './settings.service.ts';

@ApiTags('settings')
@Controller('settings')
export class SettingsController {
  readonly #settings: SettingsService;
  constructor(settings: SettingsService) {
    this.#settings = settings;
  }

  @Get()
  @Returns(settingsSchema)
  read() {
    return withoutSecrets(this.#settings.current);
  }

  /** Only the fields that are sent are changed. */
  @Patch()
  @Returns(settingsSchema)
  async change(@Body({ schema: settingsPatch }) body: SettingsPatch, @AdminActor() actor: Principal) {
    return withoutSecrets(await this.#settings.patch(body, actor));
  }
}
