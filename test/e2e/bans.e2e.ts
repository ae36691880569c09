import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSubscriber, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { SipClient } from '../support/sip-client.ts';
import { eventually } from '../support/wait.ts';

/** An address of this machine that is not loopback, which is never banned. */
const outside = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find((one) => !one.internal && one.family === 'IPv4')?.address;

describe('guessers', () => {
  let server: TestServer;
  let anna: Person;
  beforeAll(async () => {
    server = await TestServer.start('bans', {
      addresses: ['127.0.0.1', ...(outside === undefined ? [] : [outside])],
      env: { DIALTONE_TRUST_PROXY: '127.0.0.1' },
    });
    anna = await addSubscriber(server, '1001');
    // The addresses of this test are nobody's administrators.
    await server.api.patch('/settings', { banAfterFailures: 5, adminNetworks: ['10.255.255.0/24'] });
  });
  afterAll(() => server?.stop());

  const from = (address: string, path: string, init: RequestInit = {}) =>
    fetch(`${server.http}/api/v1${path}`, {
      ...init,
      headers: { 'x-forwarded-for': address, 'x-dialtone-request': '1', ...(init.body ? { 'content-type': 'application/json' } : {}) },
    });

  it('of log-ins are shut out of the pages, also after a restart, until they are forgiven', async () => {
    const guess = () => from('203.0.113.5', '/session', { method: 'POST', body: JSON.stringify({ login: '1001', password: 'wrong' }) });
    for (let i = 0; i < 5; i++) expect((await guess()).status).toBe(401);
    const shut = await guess();
    const told = (await shut.json()) as { code: string };
    expect([shut.status, told.code]).toEqual([403, 'banned']);
    expect((await from('203.0.113.6', '/public/info')).status).toBe(200);
    await eventually('the ban is written down', async () => (await server.api.list('/bans')).length === 1);
    await server.restart('SIGKILL');
    expect((await from('203.0.113.5', '/public/info')).status).toBe(403);
    const [ban] = await server.api.list('/bans');
    expect(ban).toMatchObject({ address: '203.0.113.5', reason: 'web-login' });
    await server.api.delete(`/bans/${ban?.id}`);
    expect((await from('203.0.113.5', '/public/info')).status).toBe(200);
  });

  it.skipIf(outside === undefined).each(['udp', 'tcp'] as const)('of SIP passwords over %s get no answer any more', async (transport) => {
    const at = outside ?? '';
    const login = { user: anna.number, password: anna.password, domain };
    const client = await SipClient.open(at, server.sipPort, transport, at);
    expect((await client.register(login)).status).toBe(200);
    for (let i = 0; i < 4; i++) expect((await client.register({ ...login, password: `guess-${i}` })).status).toBe(401);
    // The last one: over TCP the connection is cut before it is answered.
    client.register({ ...login, password: 'guess-4' }).catch(() => undefined);
    const ban = await eventually('the ban is there', async () => (await server.api.list('/bans'))[0]);
    expect(ban).toMatchObject({ address: at, reason: 'sip-password', failures: 5 });
    if (transport === 'tcp') await eventually('the connection is cut', () => client.closed);
    else {
      await client.quiet();
      const before = client.received.length;
      await client.send(client.text('OPTIONS', `sip:${domain}`));
      await client.quiet(500);
      expect(client.received.length).toBe(before);
    }
    client.close();
    // Others go on.
    const other = await SipClient.open('127.0.0.1', server.sipPort);
    expect((await other.register(login)).status).toBe(200);
    other.close();
    await server.api.delete(`/bans/${ban.id}`);
    const again = await SipClient.open(at, server.sipPort, transport, at);
    expect((await again.register(login)).status).toBe(200);
    again.close();
  });

  it('on this very machine are never banned', async () => {
    const client = await SipClient.open('127.0.0.1', server.sipPort);
    for (let i = 0; i < 8; i++) await client.register({ user: anna.number, password: `guess-${i}`, domain });
    client.close();
    expect(await server.api.list('/bans')).toEqual([]);
  });
});
