import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditService } from '../../audit/audit.service.ts';
import { HostClient } from '../../host/host-client.ts';
import { readEnvironment } from '../../settings/environment.ts';
import { collectHostSettings } from '../host-settings.ts';
import { AfterRestoreService } from './after-restore.service.ts';
import { type FinishedRestore, RESTORE_FOLDER } from './pending-restore.ts';

const HOST_KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nof before\n';
const machine = {
  '/hostname': { hostname: 'exchange' },
  '/network': { settings: { interfaces: [], dns: ['192.0.2.53'] }, status: [], dns: [], pending: null },
  '/time': {
    settings: { timeZone: 'Europe/Rome', ntpServers: [] },
    now: '2026-01-01T00:00:00Z',
    synchronised: true,
    offset: 0,
    source: '',
    rtc: null,
    beforeBuild: false,
    jump: 0,
  },
  '/firewall': { adminNetworks: [], sshNetworks: [], openPorts: [] },
  '/ssh': { enabled: true, keys: [{ type: 't', comment: '', fingerprint: 'f', key: 'ssh-ed25519 AAAA anna' }], hostKeys: [] },
  '/ssh/host-key': { key: HOST_KEY },
};

describe('the settings of the machine in a backup', () => {
  let folder: string;
  let agent: Server;
  let host: HostClient;
  let asked: { what: string; body: unknown }[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialtone-after-'));
    asked = [];
    agent = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      request.on('end', () => {
        const path = request.url ?? '';
        if (request.method !== 'GET') asked.push({ what: path, body: JSON.parse(text) });
        const answer = path in machine ? machine[path as keyof typeof machine] : {};
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    const socket = join(folder, 'host.sock');
    await new Promise<void>((resolve) => agent.listen(socket, resolve));
    host = new HostClient(socket);
  });
  afterEach(async () => {
    agent.closeAllConnections();
    await new Promise((resolve) => agent.close(resolve));
    await rm(folder, { recursive: true });
  });

  /** The first start on restored data with these settings of the machine. */
  async function start(hostSettings: unknown): Promise<void> {
    const noted: unknown[] = [];
    const audit = { record: async (...entry: unknown[]) => void noted.push(entry) } as unknown as AuditService;
    const finished: FinishedRestore = {
      folder: '00000000-0000-4000-8000-000000000000',
      name: 'mine.tar.gz.age',
      createdAt: '2026-01-01T00:00:00Z',
      version: '0.1.0',
      by: 'admin',
      network: false,
      kept: 'before-restore-20260101-000000',
      hostSettings: JSON.stringify(hostSettings),
    };
    await mkdir(join(folder, RESTORE_FOLDER));
    await writeFile(join(folder, RESTORE_FOLDER, 'restored.json'), JSON.stringify(finished));
    await new AfterRestoreService(readEnvironment({ DIALTONE_DATA: folder }), audit, host).onApplicationBootstrap();
    await expect.poll(() => noted.length).toBe(2);
    expect(noted[1]).toMatchObject({ 5: { faults: [] } });
  }

  it('hold the SSH host key, which is there again before SSH is switched on', async () => {
    const kept = await collectHostSettings(host);
    expect(kept).toMatchObject({ hostname: 'exchange', sshHostKey: HOST_KEY, ssh: { enabled: true, keys: ['ssh-ed25519 AAAA anna'] } });
    await start(kept);
    expect(asked.map(({ what }) => what)).toEqual(['/hostname', '/time', '/firewall', '/ssh/host-key', '/ssh']);
    expect(asked[3]?.body).toEqual({ key: HOST_KEY });
  });

  it('are taken from a backup of before that has no host key', async () => {
    const { sshHostKey: _, ...older } = await collectHostSettings(host);
    await start(older);
    expect(asked.map(({ what }) => what)).toEqual(['/hostname', '/time', '/firewall', '/ssh']);
  });
});
