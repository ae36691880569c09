import { chmod, chown, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_ROOT } from '../../../server/src/host/contract/index.ts';

/** The folders of the data disk. Who owns what is put right at every boot. */
export const FOLDERS = [
  { path: 'server', owner: 'dialtone', group: 'dialtone', mode: 0o700 },
  { path: 'voicemail', owner: 'dialtone', group: 'dialtone', mode: 0o750 },
  { path: 'recordings', owner: 'dialtone', group: 'dialtone', mode: 0o750 },
  { path: 'prompts', owner: 'dialtone', group: 'dialtone', mode: 0o750 },
  { path: 'system', owner: 'root', group: 'root', mode: 0o700 },
  { path: 'system/ssh', owner: 'root', group: 'root', mode: 0o700 },
  { path: 'log', owner: 'root', group: 'root', mode: 0o755 },
  { path: 'log/journal', owner: 'root', group: 'systemd-journal', mode: 0o755 },
] as const;

/** Id by name out of /etc/passwd or /etc/group; undefined when there is none. */
export function idOf(table: string, name: string): number | undefined {
  const line = table.split('\n').find((l) => l.startsWith(`${name}:`));
  const id = Number(line?.split(':')[2]);
  return line && Number.isInteger(id) ? id : undefined;
}

/** User and group id of the server. @throws Error when the image has no such user */
export async function serverIds(): Promise<{ uid: number; gid: number }> {
  const uid = idOf(await readFile('/etc/passwd', 'utf8'), 'dialtone');
  const gid = idOf(await readFile('/etc/group', 'utf8'), 'dialtone');
  if (uid === undefined || gid === undefined) throw new Error('There is no user dialtone on this machine');
  return { uid, gid };
}

export async function layOut(root = DATA_ROOT): Promise<void> {
  const users = await readFile('/etc/passwd', 'utf8');
  const groups = await readFile('/etc/group', 'utf8');
  await chmod(root, 0o755);
  for (const { path, owner, group, mode } of FOLDERS) {
    const folder = join(root, path);
    await mkdir(folder, { recursive: true });
    await chown(folder, idOf(users, owner) ?? 0, idOf(groups, group) ?? 0);
    await chmod(folder, mode);
  }
}
