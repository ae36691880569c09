import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditService } from '../audit/audit.service.ts';
import { ProblemError } from '../http/index.ts';
import { ConsoleDeeds } from './console-deeds.ts';
import { type HostState, hostnameSettings, type NetworkView } from './contract/index.ts';
import { HostClient } from './host-client.ts';
import { HostStateReader } from './host-state.ts';
import { confirmFrom } from './network-change.ts';
import { ownSystem } from './own-system.ts';

let folder: string;
let socketPath: string;
let server: Server;
let asked: { method: string; url: string; body: string }[];
let answer: { status: number; body: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialtone-host-'));
  socketPath = join(folder, 'host.sock');
  asked = [];
  answer = { status: 200, body: '{}' };
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const problemOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${error}`);
  return error.getResponse();
};

describe('HostClient', () => {
  it('sends JSON and checks the answer against the schema', async () => {
    answer = { status: 200, body: '{"hostname":"village"}' };
    const got = await new HostClient(socketPath).call('PUT', '/hostname', { body: { hostname: 'village' }, schema: hostnameSettings });
    expect(got).toEqual({ hostname: 'village' });
    expect(asked).toEqual([{ method: 'PUT', url: '/hostname', body: '{"hostname":"village"}' }]);
    answer = { status: 200, body: '{"hostname":7}' };
    await expect(new HostClient(socketPath).call('GET', '/hostname', { schema: hostnameSettings })).rejects.toThrow();
  });

  it('passes on what the agent refused, with its code and words', async () => {
    answer = { status: 409, body: JSON.stringify({ status: 409, code: 'no-key', detail: 'Add a key first.' }) };
    expect(await problemOf(new HostClient(socketPath).call('PUT', '/ssh', { body: {} }))).toMatchObject({
      status: 409,
      code: 'no-key',
      detail: 'Add a key first.',
    });
  });

  it('tells a failure of the agent, its silence and its absence apart', async () => {
    answer = { status: 500, body: 'oops' };
    expect(await problemOf(new HostClient(socketPath).call('GET', '/system'))).toMatchObject({ status: 503, code: 'host-failed' });
    expect(await problemOf(new HostClient(join(folder, 'none.sock')).call('GET', '/system'))).toMatchObject({ code: 'host-unreachable' });
    expect(await problemOf(new HostClient().call('GET', '/system'))).toMatchObject({ status: 409, code: 'no-appliance' });
  });
});

describe('HostStateReader', () => {
  const state: HostState = {
    state: 'demo',
    demo: true,
    version: '0.1.0',
    buildId: 'x',
    hostname: 'dialtone',
    disk: null,
    fsck: { outcome: 'none', exitCode: null, summary: '' },
    candidates: [],
    problem: '',
    unattendedFaults: [],
    applianceId: null,
    server: { running: true, refusal: '' },
  };

  it('reads the file of the agent, and knows nothing away from the appliance', async () => {
    const file = join(folder, 'state.json');
    expect(await new HostStateReader().current()).toBeUndefined();
    expect(await new HostStateReader(file).current()).toBeUndefined();
    await writeFile(file, JSON.stringify(state));
    expect(await new HostStateReader(file).current()).toMatchObject({ demo: true });
    await writeFile(file, '{"state":"half');
    expect(await new HostStateReader(file).current()).toBeUndefined();
  });
});

describe('from where a change of the network is confirmed', () => {
  const one = (name: string, address: string) => ({
    name,
    method: 'static' as const,
    addresses: [address],
    gateway: null,
    ipv6: 'off' as const,
    gateway6: null,
    vlan: null,
  });
  const up = (name: string, address: string) => ({
    name,
    mac: '',
    link: true,
    speed: null,
    addresses: [address],
    gateway: null,
    gateway6: null,
  });
  const before: NetworkView = {
    settings: { interfaces: [one('eth0', '10.0.0.5/24'), one('eth1', '192.0.2.1/24')], dns: [] },
    status: [up('eth0', '10.0.0.5/24'), up('eth1', '192.0.2.1/24')],
    dns: [],
    pending: null,
  };

  it('from the new address when his own interface moves', () => {
    const after = { interfaces: [one('eth0', '10.0.0.9/24'), one('eth1', '192.0.2.1/24')], dns: [] };
    expect(confirmFrom(before, after, '10.0.0.5', ['10.0.0.9'])).toEqual(['10.0.0.9']);
  });

  it('from anywhere when it is another interface, or his address stays', () => {
    const other = { interfaces: [one('eth0', '10.0.0.5/24'), one('eth1', '192.0.2.7/24')], dns: [] };
    expect(confirmFrom(before, other, '10.0.0.5', ['192.0.2.7'])).toEqual([]);
    const stays = { interfaces: [{ ...one('eth0', '10.0.0.5/24'), gateway: '10.0.0.1' }], dns: [] };
    expect(confirmFrom(before, stays, '10.0.0.5', ['10.0.0.5'])).toEqual([]);
  });
});

it('says what the process itself sees of the machine', async () => {
  const seen = await ownSystem();
  expect(seen.memory.total).toBeGreaterThan(100e6);
  expect(seen.disks[0]?.size).toBeGreaterThan(seen.disks[0]?.free ?? 0);
});

describe('what was done on the console', () => {
  it('goes into the audit, and is not asked for again', async () => {
    const at = '2026-11-21T10:00:00.000Z';
    answer = {
      status: 200,
      body: JSON.stringify({ deeds: [{ at, action: 'hostname.change', entity: 'machine', details: { hostname: 'pbx' } }] }),
    };
    const recorded: unknown[] = [];
    const audit = { record: async (...entry: unknown[]) => recorded.push(entry) } as unknown as AuditService;
    await new ConsoleDeeds(new HostClient(socketPath), audit).take();
    expect(recorded).toEqual([['console', 'hostname.change', 'machine', null, undefined, { hostname: 'pbx', at }]]);
    expect(asked.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual(['GET /deeds ', 'POST /deeds/taken {"count":1}']);
  });
});
