import { z } from 'zod';
import {
  firewallSettings,
  hostnameSettings,
  networkSettings,
  networkView,
  sshHostKey,
  sshSettings,
  sshView,
  timeSettings,
  timeView,
} from '../host/contract/index.ts';
import type { HostClient } from '../host/host-client.ts';

/** `host.json` of an archive: what was set on the machine under Dialtone. */
export const hostSettings = z.object({
  hostname: hostnameSettings.shape.hostname,
  network: networkSettings,
  time: timeSettings,
  firewall: firewallSettings,
  ssh: sshSettings,
  /** By which SSH clients know the machine; archives of before this was kept have none. */
  sshHostKey: sshHostKey.shape.key.default(null),
});
export type HostSettings = z.infer<typeof hostSettings>;

/** @throws ProblemError when the host agent does not answer */
export async function collectHostSettings(host: HostClient): Promise<HostSettings> {
  const ssh = await host.call('GET', '/ssh', { schema: sshView });
  return {
    hostname: (await host.call('GET', '/hostname', { schema: hostnameSettings })).hostname,
    network: (await host.call('GET', '/network', { schema: networkView })).settings,
    time: (await host.call('GET', '/time', { schema: timeView })).settings,
    firewall: await host.call('GET', '/firewall', { schema: firewallSettings }),
    ssh: { enabled: ssh.enabled, keys: ssh.keys.map(({ key }) => key) },
    sshHostKey: (await host.call('GET', '/ssh/host-key', { schema: sshHostKey })).key,
  };
}
