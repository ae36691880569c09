import { Global, Module } from '@nestjs/common';
import { HousekeepingJobs } from './housekeeping.job.ts';
import { JobsController } from './jobs.controller.ts';
import { JobsService } from './jobs.service.ts';
import { LedgerCheckJob } from './ledger-check.job.ts';

/** Global: features register their own jobs. */
@Global()
@Module({ controllers: [JobsController], providers: [JobsService, LedgerCheckJob, HousekeepingJobs], exports: [JobsService] })
export class JobsModule {}
