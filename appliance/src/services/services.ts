import { type ServiceView, serviceView } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { log } from '../log.ts';
import { Refusal } from '../problem.ts';

/** Services people may look at, with whether they may restart them. Not the firewall: its own unit has the rules of before the start. */
const SERVICES: Readonly<Record<string, boolean>> = {
  dialtone: true,
  'dialtone-host': true,
  chrony: true,
  ssh: false,
  'systemd-networkd': true,
  'systemd-resolved': true,
  'systemd-journald': false,
};

const PROPERTIES = [
  'Id',
  'Description',
  'ActiveState',
  'SubState',
  'ActiveEnterTimestamp',
  'NRestarts',
  'MemoryCurrent',
  'ExecMainStatus',
  'Result',
];

/** Blocks of KEY=value of `systemctl show`, one a unit. */
export function parseShow(output: string): Map<string, string>[] {
  return output
    .trim()
    .split(/\n\n+/)
    .filter((block) => block !== '')
    .map((block) => {
      const values = new Map<string, string>();
      for (const line of block.split('\n')) {
        const at = line.indexOf('=');
        if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
      }
      return values;
    });
}

/** "@1763706000" of --timestamp=unix; empty or 0 when never. */
function timestamp(text: string | undefined): string | null {
  const seconds = Number(text?.replace(/^@/, ''));
  return seconds > 0 ? new Date(seconds * 1000).toISOString() : null;
}

export async function showUnits(exec: Exec, units: readonly string[]): Promise<Map<string, string>[]> {
  const { stdout } = await exec('systemctl', ['show', '--timestamp=unix', `--property=${PROPERTIES.join(',')}`, '--', ...units]);
  return parseShow(stdout);
}

export async function listServices(exec: Exec): Promise<ServiceView[]> {
  const units = Object.keys(SERVICES).map((name) => `${name}.service`);
  return (await showUnits(exec, units)).map((values) => {
    const name = (values.get('Id') ?? '').replace(/\.service$/, '');
    const memory = Number(values.get('MemoryCurrent'));
    const active = serviceView.shape.active.catch('inactive').parse(values.get('ActiveState'));
    return {
      name,
      description: values.get('Description') ?? '',
      active,
      sub: values.get('SubState') ?? '',
      since: active === 'active' ? timestamp(values.get('ActiveEnterTimestamp')) : null,
      restarts: Number(values.get('NRestarts')) || 0,
      // "[not set]", or the greatest number there is, when systemd does not count.
      memory: Number.isSafeInteger(memory) && memory > 0 ? memory : null,
      restartable: SERVICES[name] ?? false,
    };
  });
}

/** Names of all that systemd gave up on, ours or not: what the first screen says of the health of the services. */
export async function failedServices(exec: Exec): Promise<string[]> {
  const { stdout } = await exec('systemctl', ['list-units', '--state=failed', '--plain', '--no-legend', '--no-pager']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .filter((unit) => unit !== '')
    .map((unit) => unit.replace(/\.service$/, ''));
}

/** @throws Refusal 404 no-such-service */
export async function restartService(exec: Exec, name: string): Promise<void> {
  if (!Object.hasOwn(SERVICES, name) || !SERVICES[name])
    throw new Refusal(404, 'no-such-service', ({ t }) => t('services.cannot', { name }));
  log.notice(`Restart of ${name}`);
  // A service that gave up is allowed a new life.
  await exec('systemctl', ['reset-failed', `${name}.service`], { ok: [0, 1] });
  await exec('systemctl', ['restart', '--no-block', `${name}.service`]);
}
