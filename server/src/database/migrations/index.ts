import type { MigrationInterface } from 'typeorm';
import { Subscribers1763690001000 } from './1763690001000-subscribers.ts';
import { DomainsNumbersGateways1763690002000 } from './1763690002000-domains-numbers-gateways.ts';
import { JobsStatistics1763690003000 } from './1763690003000-jobs-statistics.ts';
import { Bindings1763690010000 } from './1763690010000-bindings.ts';

/** Every migration, a file a feature: `<13 digit timestamp>-<name>.ts`. TypeORM runs them by the timestamp in the class name. */
export const migrations: (new () => MigrationInterface)[] = [
  Subscribers1763690001000,
  DomainsNumbersGateways1763690002000,
  JobsStatistics1763690003000,
  Bindings1763690010000,
];
