import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_ROOT } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { replaceFile } from '../files.ts';
import { type Mount, parseMount } from './boot-medium.ts';

const UNITS = '/run/systemd/system';
export const DATA_UNIT = 'var-lib-dialtone.mount';
export const JOURNAL_UNIT = 'var-log-journal.mount';

// Nothing on the data disk is a program or a device, whoever wrote it.
const OPTIONS = 'noatime,nosuid,nodev,noexec';

/**
 * The mount unit of the data disk. By the device whose marker, PARTUUID and file system were checked a moment ago: the links of udev by label or id point
 * at any one of several that have the same (A3.6).
 */
export function dataMountUnit(path: string): string {
  return `[Unit]
Description=Data disk of Dialtone

[Mount]
What=${path}
Where=${DATA_ROOT}
Type=ext4
Options=${OPTIONS},errors=remount-ro
TimeoutSec=60
`;
}

/** Demo: the same place in memory. Half of the memory, so that a full disk does not starve the machine. */
export function demoMountUnit(): string {
  return `[Unit]
Description=Memory in place of a data disk (demo)

[Mount]
What=tmpfs
Where=${DATA_ROOT}
Type=tmpfs
Options=${OPTIONS},mode=0755,size=50%%
`;
}

/** The journal moves to the data disk. */
export function journalMountUnit(): string {
  return `[Unit]
Description=Journal on the data disk
Requires=${DATA_UNIT}
After=${DATA_UNIT}

[Mount]
What=${join(DATA_ROOT, 'log/journal')}
Where=/var/log/journal
Type=none
Options=bind
`;
}

/**
 * The data as it is mounted, out of /proc/self/mountinfo; undefined when it is not. The sandbox of the agent mounts the folder of the base system onto
 * itself at the same place, which is no data.
 */
export function parseDataMount(mountinfo: string): Mount | undefined {
  const mount = parseMount(mountinfo, DATA_ROOT);
  return mount?.type === 'ext4' || mount?.type === 'tmpfs' ? mount : undefined;
}

async function start(exec: Exec, unit: string, text: string): Promise<void> {
  await mkdir(UNITS, { recursive: true });
  await replaceFile(join(UNITS, unit), text, 0o644);
  await exec('systemctl', ['daemon-reload'], { timeout: 60_000 });
  await exec('systemctl', ['start', unit], { timeout: 120_000 });
}

/** @throws ExecError when it does not mount */
export const mountData = (exec: Exec, path: string): Promise<void> => start(exec, DATA_UNIT, dataMountUnit(path));
export const mountDemo = (exec: Exec): Promise<void> => start(exec, DATA_UNIT, demoMountUnit());

/** From here on the journal survives a power cut. */
export async function moveJournal(exec: Exec): Promise<void> {
  await start(exec, JOURNAL_UNIT, journalMountUnit());
  await exec('systemctl', ['start', 'dialtone-journal.service'], { timeout: 60_000 });
}

export async function unmountData(exec: Exec): Promise<void> {
  await exec('systemctl', ['stop', 'dialtone-journal.service', JOURNAL_UNIT], { ok: [0, 5], timeout: 60_000 });
  await exec('systemctl', ['stop', DATA_UNIT], { ok: [0, 5], timeout: 60_000 });
}
