import { Global, Module } from '@nestjs/common';
import { BackupModule } from '../backup/backup.module.ts';
import { SetupController } from './setup.controller.ts';
import { SetupService } from './setup.service.ts';
import { SetupStepsService } from './setup-steps.service.ts';
import { UnattendedSetup } from './unattended-setup.ts';

/** Global: the restore of the first run asks for the set-up code, the home page for the steps. */
@Global()
@Module({
  imports: [BackupModule],
  controllers: [SetupController],
  providers: [SetupService, SetupStepsService, UnattendedSetup],
  exports: [SetupService, SetupStepsService],
})
export class SetupModule {}
