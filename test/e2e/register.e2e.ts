import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSubscriber, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { digest, SipClient } from '../support/sip-client.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { eventually } from '../support/wait.ts';

describe('phones register', () => {
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  const login = (person: Person) => ({ user: person.number, password: person.password, domain });
  const rows = (person: Person) => [[person.number, credentials(person.number, person.password)]];
  const bindings = async (person: Person) =>
    (await server.api.list('/registrations')).filter((row) => row.aor.includes(`${person.number}@`));

  beforeAll(async () => {
    server = await TestServer.start('register');
    anna = await addSubscriber(server, '1001');
    bert = await addSubscriber(server, '1002');
  });
  afterAll(() => server?.stop());

  it.each(['udp', 'tcp'] as const)('with MD5 over %s', async (transport) => {
    await Sipp.run('register', { to: server.sip, transport, keys: { domain, contact_port: 5099 }, rows: rows(anna) });
    expect((await bindings(anna)).some((row) => row.contact.includes(`:5099;transport=${transport.toUpperCase()}`))).toBe(true);
  });

  it.each([
    ['SHA-256 (RFC 8760)', { algorithm: 'SHA-256' }],
    ['MD5 without qop (RFC 2069)', { withoutQop: true }],
  ] as const)('with %s', async (_, options) => {
    const phone = await SipClient.open('127.0.0.1', server.sipPort);
    const answer = await phone.register(login(bert), options);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('contact')?.join()).toContain(phone.at);
    phone.close();
  });

  it('with their whole address as the user name of the digest', async () => {
    const whole = [[anna.number, credentials(`${anna.number}@${domain}`, anna.password)]];
    await Sipp.run('register', { to: server.sip, keys: { domain, contact_port: 5096 }, rows: whole });
    expect((await bindings(anna)).some((row) => row.contact.includes(':5096'))).toBe(true);
  });

  it('and are refused with a wrong password', async () => {
    const fill = { status: 401, to: '[field0]', expires: 600 };
    await Sipp.run('register-refused', {
      to: server.sip,
      keys: { domain, contact_port: 5098 },
      fill,
      rows: [['1001', credentials('1001', 'wrong')]],
    });
    expect((await bindings(anna)).some((row) => row.contact.includes(':5098'))).toBe(false);
  });

  it("and are refused another subscriber's To", async () => {
    const fill = { status: 403, to: '1002', expires: 600 };
    await Sipp.run('register-refused', { to: server.sip, keys: { domain, contact_port: 5097 }, fill, rows: rows(anna) });
    expect((await bindings(bert)).some((row) => row.contact.includes(':5097'))).toBe(false);
  });

  it('and are asked again with stale=true when the nonce is old but the password right', async () => {
    const phone = await SipClient.open('127.0.0.1', server.sipPort);
    const headers = (cseq: number): [string, string][] => [
      ['From', `<sip:1001@${domain}>;tag=stale`],
      ['To', `<sip:1001@${domain}>`],
      ['Call-ID', 'stale-nonce'],
      ['CSeq', `${cseq} REGISTER`],
      ['Contact', `<sip:1001@${phone.at}>`],
    ];
    const uri = `sip:${domain}`;
    const first = await phone.request('REGISTER', uri, headers(1));
    const challenge = first.headers.get('www-authenticate')?.find((one) => one.includes('MD5')) ?? '';
    const made = digest(challenge, login(anna), { method: 'REGISTER', uri }, { nonce: '0.000000000000.AAAAAAAAAAAAAAAAAAAAAA' });
    const second = await phone.request('REGISTER', uri, [...headers(2), ['Authorization', made]]);
    expect(second.status).toBe(401);
    expect(second.headers.get('www-authenticate')?.join()).toMatch(/stale=true/i);
    const wrong = digest(challenge, { user: '1001', password: 'wrong' }, { method: 'REGISTER', uri });
    const third = await phone.request('REGISTER', uri, [...headers(3), ['Authorization', wrong]]);
    expect(third.headers.get('www-authenticate')?.join()).not.toMatch(/stale=true/i);
    phone.close();
  });

  it('and a captured Authorization cannot be used again', async () => {
    const phone = await SipClient.open('127.0.0.1', server.sipPort);
    const uri = `sip:${domain}`;
    const headers = (cseq: number): [string, string][] => [
      ['From', `<sip:1001@${domain}>;tag=replay`],
      ['To', `<sip:1001@${domain}>`],
      ['Call-ID', 'replayed'],
      ['CSeq', `${cseq} REGISTER`],
    ];
    const first = await phone.request('REGISTER', uri, headers(1));
    const challenge = first.headers.get('www-authenticate')?.find((one) => one.includes('MD5')) ?? '';
    const once = digest(challenge, login(anna), { method: 'REGISTER', uri });
    expect((await phone.request('REGISTER', uri, [...headers(2), ['Authorization', once]])).status).toBe(200);
    expect((await phone.request('REGISTER', uri, [...headers(3), ['Authorization', once]])).status).toBe(401);
    const next = digest(challenge, login(anna), { method: 'REGISTER', uri }, { count: 2 });
    expect((await phone.request('REGISTER', uri, [...headers(4), ['Authorization', next]])).status).toBe(200);
    phone.close();
  });

  it('ask for their bindings, and remove all of them with "*"', async () => {
    await Sipp.run('register', { to: server.sip, keys: { domain, contact_port: 5096 }, rows: rows(anna) });
    await Sipp.run('register-query', { to: server.sip, keys: { domain }, fill: { binding: ':5096' }, rows: rows(anna) });
    await Sipp.run('register-remove-all', { to: server.sip, keys: { domain }, rows: rows(anna) });
    expect(await bindings(anna)).toEqual([]);
  });

  it('and are told 423 with Min-Expires when they want it too short', async () => {
    await Sipp.run('register-too-brief', { to: server.sip, keys: { domain, contact_port: 5095 }, rows: rows(anna) });
  });

  it('with ten contacts at most', async () => {
    const carl = await addSubscriber(server, '1003');
    const phone = await SipClient.open('127.0.0.1', server.sipPort);
    for (let n = 0; n < 10; n += 1) {
      expect((await phone.register(login(carl), { contact: `<sip:1003@127.0.0.1:${6000 + n}>` })).status).toBe(200);
    }
    // A phone that starts again and again without taking its old binding away must get through: the oldest makes room.
    expect((await phone.register(login(carl), { contact: '<sip:1003@127.0.0.1:6010>' })).status).toBe(200);
    const contacts = (await bindings(carl)).map((row) => row.contact).join();
    expect(await bindings(carl)).toHaveLength(10);
    expect(contacts).toContain(':6010');
    expect(contacts).not.toContain(':6000');
    phone.close();
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('and stay registered over a restart after %s', async (signal) => {
    const dora = await addSubscriber(server, signal === 'SIGTERM' ? '2001' : '2002');
    await Sipp.run('register', { to: server.sip, keys: { domain, contact_port: 5094 }, rows: rows(dora) });
    // After a kill only what was written behind in time is there: give the queue its few milliseconds.
    await eventually('the binding is on disk', () => {
      const database = server.database();
      const found = database.number('SELECT COUNT(*) FROM bindings WHERE aor LIKE ?', `%${dora.number}@%`) > 0;
      database.close();
      return found;
    });
    await server.restart(signal);
    expect((await bindings(dora)).map((row) => row.contact).join()).toContain(':5094');
  });
});
