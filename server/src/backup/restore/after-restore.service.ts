import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.ts';
import { pendingNetwork } from '../../host/contract/index.ts';
import { HostClient } from '../../host/host-client.ts';
import { Environment } from '../../settings/environment.ts';
import { type HostSettings, hostSettings } from '../host-settings.ts';
import { type FinishedRestore, takeFinishedRestore } from './pending-restore.ts';

/** The rest of a restore, once the server runs on the restored data: the note in its audit, and the settings of the machine. */
@Injectable()
export class AfterRestoreService implements OnApplicationBootstrap {
  readonly #log = new Logger('Restore');
  readonly #environment: Environment;
  readonly #audit: AuditService;
  readonly #host: HostClient;

  constructor(environment: Environment, audit: AuditService, host: HostClient) {
    this.#environment = environment;
    this.#audit = audit;
    this.#host = host;
  }

  async onApplicationBootstrap(): Promise<void> {
    const finished = await takeFinishedRestore(this.#environment.dataDir);
    if (!finished) return;
    const { name, createdAt, version, by, kept } = finished;
    await this.#audit.record('system', 'backup.restored', 'backup', name, undefined, { createdAt, version, by, kept });
    if (this.#host.present) void this.#machine(finished);
  }

  /** One fault does not keep the rest from being set: a machine with other ports is still the same telephone company. */
  async #machine(finished: FinishedRestore): Promise<void> {
    const read = finished.hostSettings === null ? undefined : hostSettings.safeParse(parsed(finished.hostSettings));
    if (!read?.success) return;
    const faults: string[] = [];
    for (const [part, work] of this.#steps(read.data, finished.network)) {
      await work().catch((error: unknown) => faults.push(`${part}: ${error instanceof Error ? error.message : String(error)}`));
    }
    for (const fault of faults) this.#log.warn(`Not restored: ${fault}`);
    await this.#audit.record('system', 'backup.restored', 'machine', null, undefined, { network: finished.network, faults });
  }

  #steps(machine: HostSettings, network: boolean): Step[] {
    const put = (path: string, body: unknown) => () => this.#host.call('PUT', path, { body });
    return [
      ['host name', put('/hostname', { hostname: machine.hostname })],
      ['time', put('/time', machine.time)],
      ['firewall', put('/firewall', machine.firewall)],
      // Before SSH is switched on: else it would make itself a new one.
      ...(machine.sshHostKey === null ? [] : [step('SSH host key', put('/ssh/host-key', { key: machine.sshHostKey }))]),
      ['SSH', put('/ssh', machine.ssh)],
      ...(network ? [step('network', () => this.#network(machine))] : []),
    ];
  }

  /** Asked for by name, so it is confirmed here: nobody could do it in time, for nobody knows the new address yet. */
  async #network(machine: HostSettings): Promise<void> {
    const pending = await this.#host.call('PUT', '/network', { body: machine.network, schema: pendingNetwork });
    await this.#host.call('POST', '/network/confirm', { body: { token: pending.pending } });
  }
}

type Step = [what: string, work: () => Promise<unknown>];

const step = (what: string, work: () => Promise<unknown>): Step => [what, work];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
