import { z } from 'zod';
import { type FirewallSettings, network } from '../../../server/src/host/contract/index.ts';
import type { Host } from '../host.ts';
import { askServer } from './ask-server.ts';
import type { Choice, Ui } from './ui.ts';

const settings = z.object({ adminNetworks: z.array(z.string()) });

/** The list with one more, or without one; each once. */
export const withNetwork = (list: readonly string[], one: string): string[] => [...new Set([...list, one])];
export const withoutNetwork = (list: readonly string[], one: string): string[] => list.filter((other) => other !== one);

/** Where administrators may work from: for the pages, which the server guards, and for the status page, which the firewall does. */
export async function accessMenu(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const title = t('access.title');
  for (;;) {
    if (host.server.state !== 'running') return ui.show(title, t('ui.serverStopped'));
    let networks: string[] = [];
    const read = await ui.work(title, async () => {
      networks = settings.parse(await askServer('GET', '/settings')).adminNetworks;
    });
    if (!read) return;
    const choices: Choice<() => Promise<void>>[] = [
      { label: t('access.letIn'), value: () => letIn(ui, host, networks) },
      ...networks.map((one) => ({ label: t('access.remove', { network: one }), value: () => remove(ui, host, networks, one) })),
    ];
    const act = await ui.choose(title, choices, t('access.text'));
    if (!act) return;
    await act();
  }
}

async function letIn(ui: Ui, host: Host, networks: readonly string[]): Promise<void> {
  const { t } = ui.texts;
  const typed = await ui.input(t('access.title'), t('access.which'), '', (v) =>
    network.safeParse(v).success ? undefined : t('access.whichAgain'),
  );
  if (typed !== undefined) await change(ui, host, (list) => withNetwork(list, typed), networks);
}

async function remove(ui: Ui, host: Host, networks: readonly string[], one: string): Promise<void> {
  const { t } = ui.texts;
  if (networks.length === 1) return ui.show(t('access.title'), t('access.lastStays'));
  if (await ui.confirm(t('access.title'), t('access.removeSure', { network: one })))
    await change(ui, host, (list) => withoutNetwork(list, one), networks);
}

type Edit = (list: readonly string[]) => string[];

/** The change of the server is in the audit by itself, that of the firewall is noted for it. */
async function change(ui: Ui, host: Host, edit: Edit, networks: readonly string[]): Promise<void> {
  await ui.work(ui.texts.t('access.title'), async () => {
    await askServer('PATCH', '/settings', { adminNetworks: edit(networks) });
    const rules: FirewallSettings = { ...host.firewall.settings, adminNetworks: edit(host.firewall.settings.adminNetworks) };
    await host.firewall.set(rules);
    await host.deeds.record('firewall.change', 'firewall', { adminNetworks: rules.adminNetworks });
  });
}
