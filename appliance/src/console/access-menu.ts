import { z } from 'zod';
import { type FirewallSettings, network } from '../../../server/src/host/contract/index.ts';
import type { Host } from '../host.ts';
import { askServer } from './ask-server.ts';
import type { Choice, Ui } from './ui.ts';

const TITLE = 'Access';
const settings = z.object({ adminNetworks: z.array(z.string()) });
const TEXT = 'Administrators may work from these networks. On the internet, let in the address you come from, and nothing wider.';

/** The list with one more, or without one; each once. */
export const withNetwork = (list: readonly string[], one: string): string[] => [...new Set([...list, one])];
export const withoutNetwork = (list: readonly string[], one: string): string[] => list.filter((other) => other !== one);

/** Where administrators may work from: for the pages, which the server guards, and for the status page, which the firewall does. */
export async function accessMenu(ui: Ui, host: Host): Promise<void> {
  for (;;) {
    if (host.server.state !== 'running') return ui.show(TITLE, 'The server does not run yet.');
    let networks: string[] = [];
    const read = await ui.work(TITLE, async () => {
      networks = settings.parse(await askServer('GET', '/settings')).adminNetworks;
    });
    if (!read) return;
    const choices: Choice<() => Promise<void>>[] = [
      { label: 'Let in an address or a network', value: () => letIn(ui, host, networks) },
      ...networks.map((one) => ({ label: `Remove ${one}`, value: () => remove(ui, host, networks, one) })),
    ];
    const act = await ui.choose(TITLE, choices, TEXT);
    if (!act) return;
    await act();
  }
}

async function letIn(ui: Ui, host: Host, networks: readonly string[]): Promise<void> {
  const typed = await ui.input(TITLE, 'An address or a network, for example 198.51.100.7 or 198.51.100.0/24', '', (v) =>
    network.safeParse(v).success ? undefined : 'This is neither an address nor a network.',
  );
  if (typed !== undefined) await change(ui, host, (list) => withNetwork(list, typed), networks);
}

async function remove(ui: Ui, host: Host, networks: readonly string[], one: string): Promise<void> {
  if (networks.length === 1) return ui.show(TITLE, 'The last one stays: let in another one first.');
  if (await ui.confirm(TITLE, `Nobody administers from ${one} any more?`))
    await change(ui, host, (list) => withoutNetwork(list, one), networks);
}

type Edit = (list: readonly string[]) => string[];

/** The change of the server is in the audit by itself, that of the firewall is noted for it. */
async function change(ui: Ui, host: Host, edit: Edit, networks: readonly string[]): Promise<void> {
  await ui.work(TITLE, async () => {
    await askServer('PATCH', '/settings', { adminNetworks: edit(networks) });
    const rules: FirewallSettings = { ...host.firewall.settings, adminNetworks: edit(host.firewall.settings.adminNetworks) };
    await host.firewall.set(rules);
    await host.deeds.record('firewall.change', 'firewall', { adminNetworks: rules.adminNetworks });
  });
}
