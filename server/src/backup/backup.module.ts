import { Module } from '@nestjs/common';
import { UpgradeModule } from '../upgrade/upgrade.module.ts';
import { ArchiveMaker } from './archive-maker.ts';
import { ArchivesController } from './archives.controller.ts';
import { ArchivesService } from './archives.service.ts';
import { BackupController } from './backup.controller.ts';
import { BackupService } from './backup.service.ts';
import { Places } from './places/places.ts';
import { PlanService } from './plan/plan.service.ts';
import { PlanStore } from './plan/plan-store.ts';
import { AfterRestoreService } from './restore/after-restore.service.ts';
import { RestoresService } from './restore/restores.service.ts';
import { RestoresController } from './restores.controller.ts';

@Module({
  imports: [UpgradeModule],
  controllers: [ArchivesController, BackupController, RestoresController],
  providers: [BackupService, ArchivesService, ArchiveMaker, PlanService, PlanStore, Places, RestoresService, AfterRestoreService],
  exports: [BackupService, ArchivesService, PlanService],
})
export class BackupModule {}
