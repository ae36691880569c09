import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AlarmsModule } from './alarms/alarms.module.ts';
import { AuditModule } from './audit/audit.module.ts';
import { AccessGuard } from './auth/access.guard.ts';
import { AuthModule } from './auth/auth.module.ts';
import { BackupModule } from './backup/backup.module.ts';
import { BansModule } from './bans/bans.module.ts';
import { BillingModule } from './billing/billing.module.ts';
import { CallsModule } from './calls/calls.module.ts';
import { CdrModule } from './cdr/cdr.module.ts';
import { ClockModule } from './clock/clock.module.ts';
import { ConferenceModule } from './conference/conference.module.ts';
import { DatabaseModule } from './database/database.module.ts';
import { DevicesModule } from './devices/devices.module.ts';
import { DiskSpaceModule } from './disk-space/disk-space.module.ts';
import { DomainsModule } from './domains/domains.module.ts';
import { EventsModule } from './events/events.module.ts';
import { FeatureCodesModule } from './feature-codes/feature-codes.module.ts';
import { GatewaysModule } from './gateways/gateways.module.ts';
import { HostModule } from './host/host.module.ts';
import { AnswerInterceptor } from './http/answer.interceptor.ts';
import { LoggingModule } from './http/logging.module.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { SchemaPipe } from './http/schema.pipe.ts';
import { IntegrityModule } from './integrity/integrity.module.ts';
import { JobsModule } from './jobs/jobs.module.ts';
import { LedgerModule } from './ledger/ledger.module.ts';
import { MailModule } from './mail/mail.module.ts';
import { MonitoringModule } from './monitoring/monitoring.module.ts';
import { NumbersModule } from './numbers/numbers.module.ts';
import { PromptsModule } from './prompts/prompts.module.ts';
import { RatesModule } from './rates/rates.module.ts';
import { RecordingsModule } from './recordings/recordings.module.ts';
import { SearchModule } from './search/search.module.ts';
import { EnvironmentModule } from './settings/environment.module.ts';
import type { Environment } from './settings/environment.ts';
import { SettingsModule } from './settings/settings.module.ts';
import { SetupModule } from './setup/setup.module.ts';
import { SignupModule } from './signup/signup.module.ts';
import { SubscribersModule } from './subscribers/subscribers.module.ts';
import { TlsModule } from './tls/tls.module.ts';
import { UpdateModule } from './update/update.module.ts';
import { UpgradeModule } from './upgrade/upgrade.module.ts';
import { VoicemailModule } from './voicemail/voicemail.module.ts';

/** The feature folders, one module each. Append yours. */
export const FEATURES: (Type | DynamicModule)[] = [
  AuditModule,
  BillingModule,
  LedgerModule,
  CallsModule,
  CdrModule,
  SettingsModule,
  EventsModule,
  MailModule,
  AuthModule,
  SetupModule,
  DevicesModule,
  SignupModule,
  DomainsModule,
  NumbersModule,
  FeatureCodesModule,
  ConferenceModule,
  RatesModule,
  SubscribersModule,
  GatewaysModule,
  JobsModule,
  BackupModule,
  MonitoringModule,
  SearchModule,
  TlsModule,
  BansModule,
  HostModule,
  UpgradeModule,
  AlarmsModule,
  ClockModule,
  DiskSpaceModule,
  IntegrityModule,
  UpdateModule,
  VoicemailModule,
  RecordingsModule,
  PromptsModule,
];

@Module({})
export class AppModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EnvironmentModule.with(environment),
        LoggingModule.with(environment),
        DatabaseModule.at(environment.databaseFile),
        ...FEATURES,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useClass: SchemaPipe },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      ],
    };
  }
}
