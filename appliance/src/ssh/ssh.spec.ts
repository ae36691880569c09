import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firewallSettings } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { DEFAULT_FIREWALL, Firewall } from '../firewall/firewall.ts';
import { SettingsFile } from '../settings-file.ts';
import { DEFAULT_SSH, Ssh, sshFile } from './ssh.ts';

const PUBLIC = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio dialtone';
const PRIVATE = '-----BEGIN OPENSSH PRIVATE KEY-----\nof before\n-----END OPENSSH PRIVATE KEY-----\n';

describe('the host key', () => {
  let root: string;
  let calls: string[];
  let ready: boolean;
  let ssh: Ssh;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'dialtone-ssh-'));
    calls = [];
    ready = true;
    const exec: Exec = async (program, args) => {
      calls.push([program, ...args].join(' ').replaceAll(root, ''));
      if (program !== 'ssh-keygen') return { code: 0, stdout: '', stderr: '' };
      const draft = args.at(-1) ?? '';
      if (args.includes('-t')) {
        await writeFile(draft, PRIVATE, { mode: 0o600, flag: 'wx' });
        await writeFile(`${draft}.pub`, `${PUBLIC}\n`);
        return { code: 0, stdout: '', stderr: '' };
      }
      const known = (await readFile(draft, 'utf8')) === PRIVATE;
      return known ? { code: 0, stdout: `${PUBLIC}\n`, stderr: '' } : { code: 255, stdout: '', stderr: 'invalid format' };
    };
    const keeper = { ready: true };
    const firewall = new Firewall({
      exec,
      file: new SettingsFile('firewall.json', firewallSettings, DEFAULT_FIREWALL, keeper, root),
      bansPath: join(root, 'bans.json'),
    });
    ssh = new Ssh({ exec, file: new SettingsFile('ssh.json', sshFile, DEFAULT_SSH, keeper, root), firewall, dataReady: () => ready, root });
  });
  afterEach(() => rm(root, { recursive: true }));

  const path = () => join(root, 'system/ssh/ssh_host_ed25519_key');

  it('is made with the first key that is let in, and again when a power cut left it empty, but else never', async () => {
    await mkdir(join(root, 'system/ssh'), { recursive: true });
    await writeFile(path(), '');
    await writeFile(`${path()}.made`, 'half of it');
    for (const _ of [1, 2]) await ssh.set({ enabled: true, keys: [PUBLIC] });
    expect(await ssh.hostKey()).toEqual({ key: PRIVATE });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await ssh.view()).hostKeys).toHaveLength(1);
    expect((await readdir(join(root, 'system/ssh'))).toSorted()).toEqual(['ssh_host_ed25519_key', 'ssh_host_ed25519_key.pub']);
    expect(calls.filter((call) => call.startsWith('ssh-keygen'))).toHaveLength(1);
  });

  it('comes out of a backup as it went in, for root alone, and SSH takes it up when it is on', async () => {
    expect(await ssh.hostKey()).toEqual({ key: null });
    await ssh.setHostKey({ key: PRIVATE });
    expect(await ssh.hostKey()).toEqual({ key: PRIVATE });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await readFile(`${path()}.pub`, 'utf8')).toBe(`${PUBLIC}\n`);
    expect((await ssh.view()).hostKeys).toEqual([expect.stringMatching(/^SHA256:\S+ \(ED25519\)$/)]);
    expect(calls).toEqual(['ssh-keygen -y -P  -f /system/ssh/ssh_host_ed25519_key.restored', 'systemctl try-restart ssh.service']);
  });

  it('stays what it is when what came is no key, when none came, and while there is no disk', async () => {
    await ssh.setHostKey({ key: PRIVATE });
    await expect(ssh.setHostKey({ key: 'something else' })).rejects.toMatchObject({ code: 'key-wrong' });
    await expect(stat(`${path()}.restored`)).rejects.toThrow('ENOENT');
    await ssh.setHostKey({ key: null });
    expect(await ssh.hostKey()).toEqual({ key: PRIVATE });
    ready = false;
    await expect(ssh.setHostKey({ key: PRIVATE })).rejects.toMatchObject({ code: 'no-data-disk' });
  });
});
