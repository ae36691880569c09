import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PASSPHRASE_FILE } from '../backup/plan/plan-store.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { HostClient } from '../host/host-client.ts';
import { Environment } from '../settings/environment.ts';
import { SettingsService } from '../settings/settings.service.ts';
import type { SetupStep, SetupStepKey, SetupStepState } from './setup.schema.ts';
import { SetupStepEntity } from './setup-step.entity.ts';

/** The steps after the administrator, which can wait: each is open until it is taken, and can be left for later (B3.1). */
@Injectable()
export class SetupStepsService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #settings: SettingsService;
  readonly #directory: Directory;
  readonly #host: HostClient;
  readonly #environment: Environment;

  constructor(
    uow: UnitOfWork,
    reader: DataSource,
    settings: SettingsService,
    directory: Directory,
    host: HostClient,
    environment: Environment,
  ) {
    this.#uow = uow;
    this.#reader = reader;
    this.#settings = settings;
    this.#directory = directory;
    this.#host = host;
    this.#environment = environment;
  }

  /** In the order of the wizard; the last ones have pages of their own. The network is set up here on the appliance only. */
  async list(): Promise<SetupStep[]> {
    const rows = await this.#reader.getRepository(SetupStepEntity).find();
    const said = new Map<string, SetupStepState>(rows.map(({ key, state }) => [key, state]));
    const bySaying = (key: SetupStepKey): SetupStepState => said.get(key) ?? 'open';
    // What can be seen is believed more than what was said.
    const byFact = (key: SetupStepKey, fact: boolean): SetupStepState => (fact ? 'done' : said.get(key) === 'skipped' ? 'skipped' : 'open');
    const rates = await this.#reader.query('SELECT "id" FROM "rates" LIMIT 1');
    return [
      { key: 'domain', state: this.#settings.current.sipDomain === 'localhost' ? byFact('domain', false) : 'done' },
      ...(this.#host.present ? [{ key: 'network' as const, state: bySaying('network') }] : []),
      { key: 'timeZone', state: bySaying('timeZone') },
      { key: 'mail', state: byFact('mail', this.#settings.smtpUrl !== null) },
      { key: 'currency', state: bySaying('currency') },
      { key: 'gateway', state: byFact('gateway', this.#directory.gateways().length > 0) },
      { key: 'signup', state: bySaying('signup') },
      { key: 'backup', state: byFact('backup', existsSync(join(this.#environment.dataDir, PASSPHRASE_FILE))) },
      { key: 'rates', state: byFact('rates', rates.length > 0) },
      { key: 'subscriber', state: byFact('subscriber', this.#directory.subscriberCount > 0) },
    ];
  }

  /** Inside a write it belongs to that. */
  async say(key: SetupStepKey, state: SetupStepState): Promise<void> {
    await this.#uow.write(async (m) => {
      if (state === 'open') await m.delete(SetupStepEntity, { key });
      else await m.save(m.create(SetupStepEntity, { key, state, at: Date.now() }));
    });
  }
}
