import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.ts';
import { deedList } from './contract/index.ts';
import { HostClient } from './host-client.ts';

const LOOK_MS = 30_000;

/** Takes what was changed on the console of the appliance over into the audit log. */
@Injectable()
export class ConsoleDeeds implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger('Host');
  readonly #host: HostClient;
  readonly #audit: AuditService;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: HostClient, audit: AuditService) {
    this.#host = host;
    this.#audit = audit;
  }

  onApplicationBootstrap(): void {
    if (!this.#host.present) return;
    const look = () =>
      this.take().catch((error: unknown) => this.#log.warn(`What was done on the console is not in the audit yet: ${error}`));
    void look();
    this.#timer = setInterval(look, LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** A power cut between the two steps has them in the audit twice: better than not at all. */
  async take(): Promise<void> {
    const { deeds } = await this.#host.call('GET', '/deeds', { schema: deedList });
    for (const { at, action, entity, details } of deeds)
      await this.#audit.record('console', action, entity, null, undefined, { ...details, at });
    if (deeds.length > 0) await this.#host.call('POST', '/deeds/taken', { body: { count: deeds.length } });
  }
}
