import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { certificateAuthority } from '../../server/src/tls/testing.ts';
import { AcmeAuthority } from '../support/authority.ts';
import { Softphone } from '../support/baresip.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, addSubscriber, calling, type Person } from '../support/provision.ts';
import { getSecurely, shownAt } from '../support/secure.ts';
import { domain, TestServer } from '../support/server.ts';
import { SipClient } from '../support/sip-client.ts';
import { Sipp } from '../support/sipp.ts';
import { TlsGateway } from '../support/tls-gateway.ts';
import { amplitude } from '../support/tone.ts';
import { eventually } from '../support/wait.ts';

describe('pages over TLS', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start('https', { tls: true });
  });
  afterAll(() => server?.stop());

  it('are named first, serve what the others serve, and keep their certificate over a restart', async () => {
    const [first, second] = server.output.split('\n').filter((line) => line.startsWith('Web '));
    expect([first, second].map((line) => line?.split(/\s+/)[1])).toEqual([`https://127.0.0.1:${server.tlsPorts.https}`, server.http]);
    expect(JSON.parse(readFileSync(join(server.dataDir, 'run.json'), 'utf8'))).toMatchObject({
      http: server.http,
      https: `https://127.0.0.1:${server.tlsPorts.https}`,
    });
    const page = await getSecurely(`https://127.0.0.1:${server.tlsPorts.https}/`);
    expect([page.status, page.body.includes('<div id="root">')]).toEqual([200, true]);
    const { fingerprint256, subjectaltname } = await shownAt(server.tlsPorts.https);
    expect(subjectaltname).toContain('DNS:dialtone.local');
    expect((await shownAt(server.tlsPorts.sips)).fingerprint256).toBe(fingerprint256);
    await server.restart();
    expect((await shownAt(server.tlsPorts.https)).fingerprint256).toBe(fingerprint256);
    expect(statSync(join(server.dataDir, 'tls/self-signed/key.pem')).mode & 0o777).toBe(0o600);
  });

  it('end with the server, even while somebody listens to live news', async () => {
    await server.restart();
    const admin = await getSecurely(`https://127.0.0.1:${server.tlsPorts.https}/api/v1/public/info`, { connection: 'keep-alive' });
    expect(admin.status).toBe(200);
    await server.end('SIGTERM', 10_000);
    expect(server.endedCleanly).toBe(true);
    await server.launch();
  });
});

describe('a certificate of an ACME authority', () => {
  let server: TestServer;
  let authority: AcmeAuthority;
  beforeAll(async () => {
    const port = await freePort();
    authority = await AcmeAuthority.start(port);
    server = await TestServer.start('acme', {
      tls: true,
      env: { DIALTONE_HTTP: `127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: authority.trustFile },
    });
  });
  afterAll(async () => {
    await server?.stop();
    await authority?.stop();
  });

  it('is ordered, proved over plain http, shown without a restart, and renewed', async () => {
    const { api } = server;
    const before = (await shownAt(server.tlsPorts.https)).fingerprint256;
    const names = ['phone.example.org', 'www.phone.example.org'];
    await api.put('/certificates/acme', { names, email: 'ada@example.org', termsAccepted: true, directoryUrl: authority.directoryUrl });
    const done = async () => {
      const { acme } = await api.get('/certificates');
      return !acme.running && acme.lastRun !== null && acme.lastRun;
    };
    const run = await eventually('the order is fulfilled', done, 60_000);
    expect(run, `${run.message}\n${authority.log}`).toMatchObject({ result: 'ok' });
    const state = await api.get('/certificates');
    expect(state).toMatchObject({ shown: 'acme', wanted: 'acme' });
    const shown = await shownAt(server.tlsPorts.https);
    expect(shown.fingerprint256).not.toBe(before);
    expect(shown.subjectaltname?.split(', ').sort()).toEqual(names.map((name) => `DNS:${name}`).sort());
    expect((await shownAt(server.tlsPorts.sips)).fingerprint256).toBe(shown.fingerprint256);
    expect((await getSecurely(`https://127.0.0.1:${server.tlsPorts.https}/`)).headers['strict-transport-security']).toContain('max-age');
    for (const file of ['acme/key.pem', 'acme-account.pem']) expect(statSync(join(server.dataDir, 'tls', file)).mode & 0o777).toBe(0o600);
    // Nothing is due: the job leaves the certificate alone. Another name makes it due.
    const account = readFileSync(join(server.dataDir, 'tls/acme-account.pem'), 'utf8');
    await api.post('/jobs/certificates/run', {});
    const atItsEnd = async () => !(await api.get('/certificates')).acme.running;
    await eventually('the job has run', atItsEnd);
    expect((await shownAt(server.tlsPorts.https)).fingerprint256).toBe(shown.fingerprint256);
    await api.put('/certificates/acme', { names: ['phone.example.org'], email: null, termsAccepted: true });
    const renewed = async () => (await shownAt(server.tlsPorts.https)).subjectaltname === 'DNS:phone.example.org';
    await eventually('the new one is shown', renewed, 30_000).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${JSON.stringify((await api.get('/certificates')).acme)}\n${authority.log.slice(-2000)}`);
    });
    expect(readFileSync(join(server.dataDir, 'tls/acme-account.pem'), 'utf8')).toBe(account);
    // It shows the certificate before it is done, and takes no order until then.
    await eventually('the order is at its end', atItsEnd);
  });

  it('that cannot be had is told in words, and the old one stays', async () => {
    const { api } = server;
    const before = (await shownAt(server.tlsPorts.https)).fingerprint256;
    // Its DNS leads to another machine, which has no proof to show.
    await authority.lead('lost.example.org', '127.0.0.2');
    await api.put('/certificates/acme', { names: ['lost.example.org'], email: null, termsAccepted: true });
    const failed = async () => {
      const { acme } = await api.get('/certificates');
      return !acme.running && acme.lastRun?.result === 'failed' && acme.lastRun;
    };
    const run = await eventually('the order fails', failed, 60_000);
    expect(run.message).toContain('did not give a certificate');
    expect((await shownAt(server.tlsPorts.https)).fingerprint256).toBe(before);
    expect((await api.get('/dashboard')).alerts.map((alert: { code: string }) => alert.code)).toContain('job-failed');
  });
});

describe('SIP over TLS', () => {
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  let own: string;
  const phones: Softphone[] = [];
  const phone = async (person: Person, speaks: number, transport: 'udp' | 'tls', trusts?: string) => {
    const at = transport === 'tls' ? `127.0.0.1:${server.tlsPorts.sips}` : server.sip;
    const started = await Softphone.start({
      user: person.number,
      password: person.password,
      domain,
      server: at,
      transport,
      speaks,
      ...(trusts && { trusts }),
    });
    phones.push(started);
    return started;
  };
  beforeAll(async () => {
    server = await TestServer.start('sip-tls', { tls: true });
    anna = await addSubscriber(server, '1001');
    bert = await addSubscriber(server, '1002');
    own = (await server.api.get('/certificates')).items[0].pem;
  });
  afterEach(async (context) => {
    for (const one of phones.splice(0)) await one.stop(context.task.result?.state === 'fail');
  });
  afterAll(() => server?.stop());

  it.each(['tls', 'udp'] as const)(
    'a softphone that trusts our certificate calls another one over %s, and each hears the other',
    async (transport) => {
      const first = await phone(anna, 440, 'tls', own);
      const second = await phone(bert, 850, transport, transport === 'tls' ? own : undefined);
      await first.registered();
      await second.registered();
      const seen = await server.api.list('/registrations');
      expect(seen.map((binding) => binding.transport).sort()).toEqual(['tls', transport].sort());
      first.command('dial', `sip:${bert.number}@${domain}`);
      await second.event('CALL_INCOMING');
      second.command('accept');
      await first.event('CALL_ESTABLISHED');
      for (const [listener, tone] of [
        [first, 850],
        [second, 440],
      ] as const) {
        await eventually(`${listener.user} hears ${tone} Hz`, () => {
          const heard = listener.heard().slice(-8000);
          return heard.length === 8000 && amplitude(heard, tone) > 8000;
        });
      }
      second.command('hangup');
      await first.event('CALL_CLOSED');
      await eventually('no call is left', async () => (await server.api.get('/active-calls')).items.length === 0);
    },
  );

  it('a paid call goes out to a carrier over TLS, and is hung up there', async () => {
    const rich = await addCaller(server, '1003', '10.00');
    await addRate(server, '44', '0.60');
    const carrier = await TlsGateway.start(await (await certificateAuthority()).issue(['127.0.0.1']));
    const gateway = await addGateway(server, 'carrier', `127.0.0.1:${carrier.port}`, { transport: 'tls', probe: true });
    const status = async () => (await server.api.get(`/gateways/${gateway.id}`)).status;
    // Nobody vouches for it: it is down, and says why.
    const down = await eventually('the probe fails', async () => ((await status()).state === 'down' ? status() : undefined));
    expect(down.lastError).toMatch(/^TLS: the certificate of 127\.0\.0\.1 /);
    expect(carrier.asked).toEqual([]);
    await server.api.patch(`/gateways/${gateway.id}`, { tlsVerify: false });
    await eventually('the probe works', async () => (await status()).state === 'up');
    expect(carrier.asked[0]?.headers.get('via')?.[0]).toContain('SIP/2.0/TLS');
    await Sipp.run('call', { to: server.sip, ...calling(rich, '00442079460000'), more: ['-d', '1100'] });
    await eventually('the carrier got its BYE', () => carrier.methods.includes('BYE'));
    const invite = carrier.asked.find(({ start }) => start.startsWith('INVITE'));
    expect(invite?.start).toContain(`sip:442079460000@127.0.0.1:${carrier.port};transport=tls`);
    expect(invite?.headers.get('contact')?.[0]).toContain(`:${server.tlsPorts.sips};transport=tls`);
    expect(carrier.methods).toContain('ACK');
    const call = await eventually('the call record is there', async () => (await server.api.get('/calls?direction=outbound')).items[0]);
    expect(call).toMatchObject({ status: 200, dialled: '00442079460000' });
    await server.api.delete(`/gateways/${gateway.id}`);
    carrier.stop();
  });

  it('a request over TLS is answered on its connection, and a sips URI keeps its way by TLS', async () => {
    const client = await SipClient.open('127.0.0.1', server.tlsPorts.sips, 'tls');
    const answer = await client.request('OPTIONS', `sips:${domain}`);
    expect([answer.status, answer.headers.get('via')?.[0]?.startsWith('SIP/2.0/TLS')]).toEqual([200, true]);
    const registered = await client.register(
      { user: anna.number, password: anna.password, domain },
      { contact: `<sips:${anna.number}@${client.at}>` },
    );
    expect(registered.status).toBe(200);
    const answering = (async () => {
      const invite = await eventually('the phone is rung', () => client.received.find(({ start }) => start.startsWith('INVITE')));
      const copied = ['via', 'record-route', 'from', 'call-id', 'cseq'].flatMap((name) =>
        (invite.headers.get(name) ?? []).map((value) => `${name}: ${value}`),
      );
      await client.send(
        ['SIP/2.0 486 Busy Here', ...copied, `To: ${invite.headers.get('to')?.[0]};tag=b`, 'Content-Length: 0', '', ''].join('\r\n'),
      );
      return invite;
    })();
    await Sipp.run('call-refused', { to: server.sip, ...calling(bert, anna.number), fill: { status: 486, words: 'Busy', patience: 8000 } });
    const invite = await answering;
    expect(invite.start).toBe(`INVITE sips:${anna.number}@${client.at} SIP/2.0`);
    expect(invite.headers.get('record-route')?.[0]).toMatch(
      new RegExp(`^<sips:127\\.0\\.0\\.1:${server.tlsPorts.sips};transport=tcp;lr>$`),
    );
    client.close();
  });
});
