import { z } from 'zod';
import { hostnameSettings, type PowerAction } from '../../../server/src/host/contract/index.ts';
import { formatBytes } from '../data/disks.ts';
import type { Host } from '../host.ts';
import { readLogs } from '../logs/logs.ts';
import { power } from '../power/power.ts';
import { words } from '../problem.ts';
import { newPassword } from '../random-code.ts';
import { listServices, restartService } from '../services/services.ts';
import { askServer, commandLine } from './ask-server.ts';
import type { Choice, Ui } from './ui.ts';

export async function hostnameMenu(ui: Ui, host: Host): Promise<void> {
  const what = await ui.choose<'host' | 'domain'>('Names', [
    { label: `Host name: ${host.hostname.value}`, value: 'host' },
    { label: 'SIP domain', value: 'domain' },
  ]);
  if (what === 'host') {
    const check = (v: string) =>
      hostnameSettings.safeParse({ hostname: v }).success ? undefined : 'Letters a-z, digits and hyphens, at most 63.';
    const hostname = await ui.input('Host name', 'The name of this machine on the local network', host.hostname.value, check);
    if (hostname !== undefined && (await ui.work('Host name', () => host.hostname.set({ hostname })))) {
      await host.deeds.record('hostname.change', 'machine', { hostname });
    }
  } else if (what === 'domain') await sipDomain(ui, host);
}

async function sipDomain(ui: Ui, host: Host): Promise<void> {
  if (host.server.state !== 'running') return ui.show('SIP domain', 'The server does not run yet.');
  let current = '';
  const known = await ui.work('SIP domain', async () => {
    current = z.object({ sipDomain: z.string() }).parse(await askServer('GET', '/settings')).sipDomain;
  });
  if (!known) return;
  const text = `The part behind the @ of every number. It is in the settings of every phone: phones with the old one keep registering only if it stays a served domain (web, Domains).\n\nNow: ${current}`;
  const domain = await ui.input('SIP domain', text, current, (v) =>
    /^[a-z0-9.:[\]-]{1,253}$/i.test(v) ? undefined : 'This is not a domain name or address.',
  );
  if (domain === undefined || domain === current) return;
  if (!(await ui.confirm('SIP domain', `Change the SIP domain from ${current} to ${domain}?`))) return;
  await ui.work('SIP domain', () => askServer('PATCH', '/settings', { sipDomain: domain }));
}

/** There is no administrator yet: whoever reads this screen may make the first. */
async function setupCode(ui: Ui, host: Host): Promise<void> {
  const text = `There is no administrator yet. Open the web page and use the set-up code ${host.server.setupCode}.`;
  const choices = [
    { label: 'Back', value: false },
    { label: 'Make a new set-up code', value: true },
  ];
  const renew = await ui.choose('Administrator', choices, text);
  if (renew && (await ui.work('Administrator', () => commandLine(host, ['setup', 'code', '--new'])))) await host.server.look();
}

/** All administrators' passwords are lost: another one is made here, by whoever stands before the machine. It is in the audit log. */
export async function adminReset(ui: Ui, host: Host): Promise<void> {
  if (host.server.state !== 'running') return ui.show('Administrator', 'The server does not run: start it first (Services).');
  if (host.server.setupCode) return setupCode(ui, host);
  const text =
    'A new administrator is made, with a password that is shown once. The others are left alone; remove them in the web if you need to.\n\nLogin name:';
  const login = await ui.input('Administrator', text, 'rescue', (v) =>
    /^[a-z0-9._-]{1,40}$/i.test(v) ? undefined : 'Letters, digits, dot, hyphen.',
  );
  if (login === undefined) return;
  const password = newPassword();
  const made = await ui.work('Administrator', () =>
    commandLine(host, ['admin', 'create', login, '--name', 'Made on the console', '--password-stdin'], `${password}\n`),
  );
  if (made) await ui.show('Administrator', `Login     ${login}\nPassword  ${password}\n\nIt is shown this once only.`);
}

export async function timeZoneMenu(ui: Ui, host: Host): Promise<void> {
  const zones = Intl.supportedValuesOf('timeZone');
  const regions = [...new Set(zones.map((zone) => zone.split('/')[0] ?? zone))].filter((r) => zones.some((z) => z.startsWith(`${r}/`)));
  const region = await ui.choose(
    'Time zone',
    [...regions, 'UTC'].map((value) => ({ label: value, value })),
    `Now: ${host.time.settings.timeZone}`,
  );
  if (!region) return;
  const cities = zones.filter((zone) => zone.startsWith(`${region}/`));
  const zone =
    region === 'UTC'
      ? 'Etc/UTC'
      : await ui.choose(
          `Time zone: ${region}`,
          cities.map((value) => ({ label: value.slice(region.length + 1), value })),
        );
  if (zone && (await ui.work('Time zone', () => host.time.set({ ...host.time.settings, timeZone: zone })))) {
    await host.deeds.record('time.change', 'machine', { timeZone: zone });
  }
}

export async function servicesMenu(ui: Ui, host: Host): Promise<void> {
  for (;;) {
    const services = await listServices(host.exec);
    const choices: Choice<string>[] = services.map(({ name, active, sub, memory, restarts }) => ({
      label: `${name.padEnd(18)} ${`${active} (${sub})`.padEnd(22)} ${memory ? formatBytes(memory).padEnd(9) : ' '.repeat(9)} ${restarts ? `restarts ${restarts}` : ''}`,
      value: name,
    }));
    const name = await ui.choose('Services', choices, 'Choose one to restart it.');
    if (!name) return;
    if (!services.find((s) => s.name === name)?.restartable) await ui.show('Services', `${name} cannot be restarted from here.`);
    else if (await ui.confirm('Services', `Restart ${name}?${name === 'dialtone' ? ' Calls through it are cut.' : ''}`)) {
      if (await ui.work('Services', () => restartService(host.exec, name))) await host.deeds.record('service.restart', 'service', { name });
    }
  }
}

export async function logsMenu(ui: Ui, host: Host): Promise<void> {
  const which = await ui.choose<{ unit?: string; priority?: 'warning' }>('Logs', [
    { label: 'Server', value: { unit: 'dialtone.service' } },
    { label: 'Host agent', value: { unit: 'dialtone-host.service' } },
    { label: 'Warnings of everything', value: { priority: 'warning' } },
    { label: 'Kernel', value: { unit: 'kernel' } },
    { label: 'Everything', value: {} },
  ]);
  if (!which) return;
  let text = '';
  const read = await ui.work('Logs', async () => {
    const { entries } = await readLogs(host.exec, { ...which, limit: 200 });
    text = entries.map((e) => `${e.time.slice(5, 19).replace('T', ' ')} ${e.unit}: ${e.message}`).join('\n');
  });
  if (read) await ui.show('Logs, newest first (UTC)', text || 'Nothing there.');
}

/** Reads and undoes an upgrade on the data itself: the server need not run for it, and must not for the undoing. */
export async function updateMenu(ui: Ui, host: Host): Promise<void> {
  const { version, buildId } = host.release;
  if (!host.data.ready)
    return ui.show(
      'Update',
      `This is Dialtone ${version} (${buildId}).\n\nAn upgrade is a new disc or stick: start the machine from it, with the same data disk.`,
    );
  let status = '';
  if (!(await ui.work('Update', async () => (status = await commandLine(host, ['upgrade', 'status']))))) return;
  const text = `This is Dialtone ${version} (${buildId}). An upgrade is a new disc or stick: start the machine from it, with the same data disk.\n\n${status}`;
  const act = await ui.choose<'undo' | 'again'>(
    'Update',
    [
      { label: 'Undo the last upgrade', value: 'undo' },
      { label: 'Upgrade after all, once it was undone', value: 'again' },
    ],
    text,
  );
  if (!act) return;
  const warning =
    act === 'undo'
      ? 'The data goes back to the copy from before the upgrade. What was done since then is lost, as listed before. The server stops now.'
      : 'The data is upgraded once more. What the undoing took away does not come back by that.';
  if (!(await ui.confirm('Update', `${warning}\n\nGo on?`))) return;
  let said = '';
  const done = await ui.work('Update', async () => {
    await host.exec('systemctl', ['stop', 'dialtone.service'], { timeout: 60_000 });
    said = await commandLine(host, ['upgrade', act]).catch(words);
  });
  if (!done) return;
  await host.deeds.record(act === 'undo' ? 'upgrade.undo' : 'upgrade.redo', 'machine', { said });
  await ui.show('Update', said);
  if (act === 'again') await ui.work('Update', () => restartService(host.exec, 'dialtone'));
}

export async function factoryReset(ui: Ui, host: Host): Promise<void> {
  const text =
    'Accounts, balances, calls, recordings, keys and settings on the data disk are erased for ever, and the machine boots as a new one. To do that, type ERASE.';
  const typed = await ui.input('Factory reset', text, '', (v) => (v === 'ERASE' ? undefined : 'Type ERASE, or press Esc.'));
  if (typed !== undefined) await ui.work('Factory reset', () => host.factoryReset(typed));
}

export async function powerMenu(ui: Ui, host: Host, action: PowerAction['action']): Promise<void> {
  const name = action === 'reboot' ? 'Reboot' : 'Power off';
  if (!(await ui.confirm(name, `${name} now? Calls are cut.`))) return;
  await host.deeds.record(`machine.${action}`, 'machine', {});
  power(host.exec, action);
  await ui.show(name, 'The machine goes down.');
}
