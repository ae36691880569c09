import type { MigrationInterface } from 'typeorm';
import { TariffsRates1763690000100 } from './1763690000100-tariffs-rates.ts';
import { AccountsLedger1763690000200 } from './1763690000200-accounts-ledger.ts';
import { CdrsJournal1763690000300 } from './1763690000300-cdrs-journal.ts';
import { Subscribers1763690001000 } from './1763690001000-subscribers.ts';
import { DomainsNumbersGateways1763690002000 } from './1763690002000-domains-numbers-gateways.ts';
import { JobsStatistics1763690003000 } from './1763690003000-jobs-statistics.ts';
import { SettingsAuthMailSignups1763690004000 } from './1763690004000-settings-auth-mail-signups.ts';
import { Bindings1763690010000 } from './1763690010000-bindings.ts';
import { LinkStampsEmailChanges1763690020000 } from './1763690020000-link-stamps-email-changes.ts';
import { SubscriberImports1763690021000 } from './1763690021000-subscriber-imports.ts';
import { Ha1AtDomain1763690025000 } from './1763690025000-ha1-at-domain.ts';
import { FormerGateways1763690026000 } from './1763690026000-former-gateways.ts';
import { TlsBans1763690030000 } from './1763690030000-tls-bans.ts';
import { SetupSteps1763690040000 } from './1763690040000-setup-steps.ts';
import { Voicemail1763690060000 } from './1763690060000-voicemail.ts';
import { RelayRecordings1763690070000 } from './1763690070000-relay-recordings.ts';
import { Services1763690080000 } from './1763690080000-services.ts';
import { PromptLanguages1763690090000 } from './1763690090000-prompt-languages.ts';
import { ConferenceWords1763690100000 } from './1763690100000-conference-words.ts';
import { BalanceCode1763690105000 } from './1763690105000-balance-code.ts';
import { SecondFactors1763690120000 } from './1763690120000-second-factors.ts';

/** Every migration, a file a feature: `<13 digit timestamp>-<name>.ts`. TypeORM runs them by the timestamp in the class name. */
export const migrations: (new () => MigrationInterface)[] = [
  TariffsRates1763690000100,
  AccountsLedger1763690000200,
  CdrsJournal1763690000300,
  Subscribers1763690001000,
  DomainsNumbersGateways1763690002000,
  JobsStatistics1763690003000,
  SettingsAuthMailSignups1763690004000,
  Bindings1763690010000,
  LinkStampsEmailChanges1763690020000,
  SubscriberImports1763690021000,
  Ha1AtDomain1763690025000,
  FormerGateways1763690026000,
  TlsBans1763690030000,
  SetupSteps1763690040000,
  Voicemail1763690060000,
  RelayRecordings1763690070000,
  Services1763690080000,
  PromptLanguages1763690090000,
  ConferenceWords1763690100000,
  BalanceCode1763690105000,
  SecondFactors1763690120000,
];
