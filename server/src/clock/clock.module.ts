import { Module } from '@nestjs/common';
import { AlarmsService } from '../alarms/alarms.service.ts';
import { AuditService } from '../audit/audit.service.ts';
import { AccountCharging } from '../billing/account-charging.ts';
import { HostClient } from '../host/host-client.ts';
import { Environment } from '../settings/environment.ts';
import { builtAt } from './built-at.ts';
import { ClockController } from './clock.controller.ts';
import { ClockGuard } from './clock-guard.ts';

const guard = {
  provide: ClockGuard,
  inject: [AlarmsService, AuditService, AccountCharging, HostClient, Environment],
  useFactory: (alarms: AlarmsService, audit: AuditService, charging: AccountCharging, host: HostClient, environment: Environment) =>
    new ClockGuard(alarms, audit, charging, host, { builtAt: builtAt(environment.releaseFile) }),
};

@Module({ controllers: [ClockController], providers: [guard], exports: [ClockGuard] })
export class ClockModule {}
