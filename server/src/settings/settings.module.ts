import { Global, Module } from '@nestjs/common';
import { SettingsController } from './settings.controller.ts';
import { SettingsService } from './settings.service.ts';
import { SettingsDirectory } from './settings-directory.ts';

@Global()
@Module({ controllers: [SettingsController], providers: [SettingsService, SettingsDirectory], exports: [SettingsService] })
export class SettingsModule {}
