import { Module } from '@nestjs/common';
import { Restart } from './restart.ts';
import { UpgradeController } from './upgrade.controller.ts';
import { UpgradeService } from './upgrade.service.ts';

@Module({ controllers: [UpgradeController], providers: [UpgradeService, Restart], exports: [Restart] })
export class UpgradeModule {}
