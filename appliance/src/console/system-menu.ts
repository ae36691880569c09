import { z } from 'zod';
import { hostnameSettings, type PowerAction, type ServiceView } from '../../../server/src/host/contract/index.ts';
import { formatBytes } from '../data/disks.ts';
import { ERASE_WORD, type Host } from '../host.ts';
import { readLogs } from '../logs/logs.ts';
import { power } from '../power/power.ts';
import { newPassword } from '../random-code.ts';
import { listServices, restartService } from '../services/services.ts';
import type { Texts } from '../texts/texts.ts';
import { askServer, commandLine } from './ask-server.ts';
import type { Choice, Ui } from './ui.ts';

export async function hostnameMenu(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const what = await ui.choose<'host' | 'domain'>(t('names.title'), [
    { label: t('names.hostNow', { name: host.hostname.value }), value: 'host' },
    { label: t('names.domain'), value: 'domain' },
  ]);
  if (what === 'host') {
    const check = (v: string) => (hostnameSettings.safeParse({ hostname: v }).success ? undefined : t('names.hostAgain'));
    const hostname = await ui.input(t('names.host'), t('names.hostText'), host.hostname.value, check);
    if (hostname !== undefined && (await ui.work(t('names.host'), () => host.hostname.set({ hostname })))) {
      await host.deeds.record('hostname.change', 'machine', { hostname });
    }
  } else if (what === 'domain') await sipDomain(ui, host);
}

async function sipDomain(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const title = t('names.domain');
  if (host.server.state !== 'running') return ui.show(title, t('ui.serverStopped'));
  let current = '';
  const known = await ui.work(title, async () => {
    current = z.object({ sipDomain: z.string() }).parse(await askServer('GET', '/settings')).sipDomain;
  });
  if (!known) return;
  const domain = await ui.input(title, t('names.domainText', { now: current }), current, (v) =>
    /^[a-z0-9.:[\]-]{1,253}$/i.test(v) ? undefined : t('names.domainAgain'),
  );
  if (domain === undefined || domain === current) return;
  if (!(await ui.confirm(title, t('names.domainSure', { from: current, to: domain })))) return;
  await ui.work(title, () => askServer('PATCH', '/settings', { sipDomain: domain }));
}

/** There is no administrator yet: whoever reads this screen may make the first. */
async function setupCode(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const choices = [
    { label: t('admin.back'), value: false },
    { label: t('admin.newCode'), value: true },
  ];
  const renew = await ui.choose(t('admin.title'), choices, t('admin.noneYet', { code: host.server.setupCode }));
  if (renew && (await ui.work(t('admin.title'), () => commandLine(host, ['setup', 'code', '--new'])))) await host.server.look();
}

/** All administrators' passwords are lost: another one is made here, by whoever stands before the machine. It is in the audit log. */
export async function adminReset(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const title = t('admin.title');
  if (host.server.state !== 'running') return ui.show(title, t('admin.serverStopped'));
  if (host.server.setupCode) return setupCode(ui, host);
  const login = await ui.input(title, t('admin.text'), 'rescue', (v) =>
    /^[a-z0-9._-]{1,40}$/i.test(v) ? undefined : t('admin.loginAgain'),
  );
  if (login === undefined) return;
  const password = newPassword();
  const made = await ui.work(title, () =>
    commandLine(host, ['admin', 'create', login, '--name', t('admin.madeHere'), '--password-stdin'], `${password}\n`),
  );
  if (made) await ui.show(title, t('admin.made', { login, password }));
}

export async function timeZoneMenu(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const zones = Intl.supportedValuesOf('timeZone');
  const regions = [...new Set(zones.map((zone) => zone.split('/')[0] ?? zone))].filter((r) => zones.some((z) => z.startsWith(`${r}/`)));
  const region = await ui.choose(
    t('zone.title'),
    [...regions, 'UTC'].map((value) => ({ label: value, value })),
    t('zone.now', { now: host.time.settings.timeZone }),
  );
  if (!region) return;
  const cities = zones.filter((zone) => zone.startsWith(`${region}/`));
  const zone =
    region === 'UTC'
      ? 'Etc/UTC'
      : await ui.choose(
          t('zone.of', { region }),
          cities.map((value) => ({ label: value.slice(region.length + 1), value })),
        );
  if (zone && (await ui.work(t('zone.title'), () => host.time.set({ ...host.time.settings, timeZone: zone })))) {
    await host.deeds.record('time.change', 'machine', { timeZone: zone });
  }
}

function serviceLabel({ name, active, sub, memory, restarts }: ServiceView, texts: Texts): string {
  const { t } = texts;
  const state = `${t(`services.state.${active}`)} (${sub})`;
  const room = memory ? formatBytes(memory, texts) : '';
  return `${name.padEnd(18)} ${state.padEnd(22)} ${room.padEnd(9)} ${restarts ? t('services.restarts', { count: restarts }) : ''}`;
}

export async function servicesMenu(ui: Ui, host: Host): Promise<void> {
  const { texts } = ui;
  const { t } = texts;
  const title = t('services.title');
  for (;;) {
    const services = await listServices(host.exec);
    const choices: Choice<string>[] = services.map((service) => ({ label: serviceLabel(service, texts), value: service.name }));
    const name = await ui.choose(title, choices, t('services.text'));
    if (!name) return;
    if (!services.find((s) => s.name === name)?.restartable) await ui.show(title, t('services.cannot', { name }));
    else if (await ui.confirm(title, t(name === 'dialtone' ? 'services.sureServer' : 'services.sure', { name }))) {
      if (await ui.work(title, () => restartService(host.exec, name))) await host.deeds.record('service.restart', 'service', { name });
    }
  }
}

export async function logsMenu(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const which = await ui.choose<{ unit?: string; priority?: 'warning' }>(t('logs.title'), [
    { label: t('logs.server'), value: { unit: 'dialtone.service' } },
    { label: t('logs.agent'), value: { unit: 'dialtone-host.service' } },
    { label: t('logs.warnings'), value: { priority: 'warning' } },
    { label: t('logs.kernel'), value: { unit: 'kernel' } },
    { label: t('logs.everything'), value: {} },
  ]);
  if (!which) return;
  let text = '';
  const read = await ui.work(t('logs.title'), async () => {
    const { entries } = await readLogs(host.exec, { ...which, limit: 200 });
    text = entries.map((e) => `${e.time.slice(5, 19).replace('T', ' ')} ${e.unit}: ${e.message}`).join('\n');
  });
  if (read) await ui.show(t('logs.newestFirst'), text || t('logs.empty'));
}

export async function factoryReset(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const word = ERASE_WORD;
  const typed = await ui.input(t('reset.title'), t('reset.text', { word }), '', (v) =>
    v === word ? undefined : t('reset.again', { word }),
  );
  if (typed !== undefined) await ui.work(t('reset.title'), () => host.factoryReset(typed));
}

export async function powerMenu(ui: Ui, host: Host, action: PowerAction['action']): Promise<void> {
  const { t } = ui.texts;
  const title = t(`power.${action}`);
  if (!(await ui.confirm(title, t(`power.${action}Sure`)))) return;
  await host.deeds.record(`machine.${action}`, 'machine', {});
  power(host.exec, action);
  await ui.show(title, t('power.down'));
}
