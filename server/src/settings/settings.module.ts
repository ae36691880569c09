import { Global, Module } from '@nestjs/common';
import { AdminNetworks } from './admin-networks.ts';
import { SettingsController } from './settings.controller.ts';
import { SettingsService } from './settings.service.ts';
import { SettingsDirectory } from './settings-directory.ts';

@Global()
@Module({
  controllers: [SettingsController],
  providers: [SettingsService, SettingsDirectory, AdminNetworks],
  exports: [SettingsService, AdminNetworks],
})
export class SettingsModule {}
