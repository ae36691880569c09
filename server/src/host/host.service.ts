import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.ts';
import type { BanEnforcer } from '../bans/ban-enforcer.ts';
import { BansService } from '../bans/bans.service.ts';
import { type Principal, problem } from '../http/index.ts';
import {
  type FirewallSettings,
  firewallSettings,
  hostnameSettings,
  type NetworkSettings,
  type NetworkView,
  networkView,
  type PendingNetwork,
  pendingNetwork,
  type SshSettings,
  type SshView,
  sshView,
  type TimeSettings,
  type TimeView,
  timeView,
} from './contract/index.ts';
import { HostClient } from './host-client.ts';
import { confirmFrom } from './network-change.ts';

/** What administrators change on the machine under Dialtone. Every change is in the audit with what it was before. */
@Injectable()
export class HostService implements OnModuleInit {
  readonly #log = new Logger('Host');
  readonly #host: HostClient;
  readonly #audit: AuditService;
  readonly #bans: BansService;
  /** Addresses from which the pending change of the network may be confirmed, by its token. */
  #confirmFrom: { token: string; addresses: readonly string[] } | undefined;

  constructor(host: HostClient, audit: AuditService, bans: BansService) {
    this.#host = host;
    this.#audit = audit;
    this.#bans = bans;
  }

  /** On the appliance the firewall keeps banned addresses out as well. */
  onModuleInit(): void {
    if (!this.#host.present) return;
    const enforcer: BanEnforcer = {
      ban: (address, seconds, reason) =>
        this.#host.call('POST', '/bans', { body: { address, seconds: Math.max(1, Math.ceil(seconds)), reason } }),
      unban: (address) => this.#host.call('DELETE', `/bans/${encodeURIComponent(address)}`),
    };
    this.#bans.enforceWith(enforcer).catch((error: unknown) => this.#log.warn(`The firewall did not take the bans: ${error}`));
  }

  network(): Promise<NetworkView> {
    return this.#host.call('GET', '/network', { schema: networkView });
  }

  /** Applies at once; rolls back by itself unless confirmed in time. @param reachedAt address of this machine the request came to */
  async changeNetwork(settings: NetworkSettings, reachedAt: string, actor: Principal): Promise<PendingNetwork> {
    const before = await this.network();
    const pending = await this.#host.call('PUT', '/network', { body: settings, schema: pendingNetwork });
    this.#confirmFrom = { token: pending.pending, addresses: confirmFrom(before, settings, reachedAt, pending.addresses) };
    await this.#audit.record(actor, 'network.change', 'network', null, before.settings, settings);
    return pending;
  }

  /** @throws problem 409 `wrong-address` when this request does not prove that the new address can be reached */
  async confirmNetwork(token: string, reachedAt: string): Promise<NetworkView> {
    const wanted = this.#confirmFrom?.token === token ? this.#confirmFrom.addresses : [];
    if (wanted.length > 0 && !wanted.includes(reachedAt)) {
      throw problem(409, 'wrong-address', `Confirm from the new address: open these pages at ${wanted.join(' or ')}.`);
    }
    const view = await this.#host.call('POST', '/network/confirm', { body: { token }, schema: networkView });
    await this.#audit.record('system', 'network.confirm', 'network', null, undefined, view.settings);
    return view;
  }

  async rollBackNetwork(token: string, actor: Principal): Promise<NetworkView> {
    const view = await this.#host.call('POST', '/network/rollback', { body: { token }, schema: networkView });
    await this.#audit.record(actor, 'network.roll-back', 'network', null, undefined, view.settings);
    return view;
  }

  async changeHostname(hostname: string, actor: Principal): Promise<{ hostname: string }> {
    const before = await this.#host.call('GET', '/hostname', { schema: hostnameSettings });
    const after = await this.#host.call('PUT', '/hostname', { body: { hostname }, schema: hostnameSettings });
    await this.#audit.record(actor, 'hostname.change', 'machine', null, before, after);
    return after;
  }

  async changeTime(settings: TimeSettings, actor: Principal): Promise<TimeView> {
    const before = await this.#host.call('GET', '/time', { schema: timeView });
    const after = await this.#host.call('PUT', '/time', { body: settings, schema: timeView });
    await this.#audit.record(actor, 'time.change', 'machine', null, before.settings, after.settings);
    return after;
  }

  async changeFirewall(settings: FirewallSettings, actor: Principal): Promise<FirewallSettings> {
    const before = await this.#host.call('GET', '/firewall', { schema: firewallSettings });
    const after = await this.#host.call('PUT', '/firewall', { body: settings, schema: firewallSettings });
    await this.#audit.record(actor, 'firewall.change', 'firewall', null, before, after);
    return after;
  }

  async changeSsh(settings: SshSettings, actor: Principal): Promise<SshView> {
    const seen = (view: SshView) => ({ enabled: view.enabled, fingerprints: view.keys.map((key) => key.fingerprint) });
    const before = await this.#host.call('GET', '/ssh', { schema: sshView });
    const after = await this.#host.call('PUT', '/ssh', { body: settings, schema: sshView });
    await this.#audit.record(actor, 'ssh.change', 'ssh', null, seen(before), seen(after));
    return after;
  }

  async restartService(name: string, actor: Principal): Promise<void> {
    await this.#audit.record(actor, 'service.restart', 'service', name);
    await this.#host.call('POST', '/services/restart', { body: { name } });
  }

  async power(action: 'reboot' | 'poweroff', actor: Principal): Promise<void> {
    await this.#audit.record(actor, `machine.${action}`, 'machine', null);
    await this.#host.call('POST', '/power', { body: { action } });
  }

  async factoryReset(confirm: string, actor: Principal): Promise<void> {
    await this.#audit.record(actor, 'machine.factory-reset', 'machine', null);
    await this.#host.call('POST', '/factory-reset', { body: { confirm } });
  }
}
