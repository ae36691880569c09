import { Global, Module } from '@nestjs/common';
import { AlarmsController } from './alarms.controller.ts';
import { AlarmsService } from './alarms.service.ts';

/** Global: clock, disk, integrity and set-up raise alarms. */
@Global()
@Module({ controllers: [AlarmsController], providers: [AlarmsService], exports: [AlarmsService] })
export class AlarmsModule {}
