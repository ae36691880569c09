import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectBooksToBalance } from '../support/money.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, addSubscriber, calling, type Person, registerAt } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { eventually, sleep } from '../support/wait.ts';

describe('kill -9 in the middle of 200 paid calls', () => {
  const callers = 20;
  const callsEach = 10;
  const people: Person[] = [];
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start('recovery');
    await addRate(server, '44', '0.60');
    for (let n = 0; n < callers; n += 1) people.push(await addCaller(server, String(3000 + n), '100.00', { maxCalls: callsEach }));
  });
  afterAll(() => server?.stop());

  it('every one has exactly one CDR (recovered), no hold is left over, and every ledger sums up to its balance', async () => {
    const port = await freePort();
    await addGateway(server, 'Carrier', `127.0.0.1:${port}`);
    const calls = callers * callsEach;
    const gateway = await Sipp.start('gateway-load', { port, calls, mayFail: true, trace: false, timeout: 120 });
    const rows = Array.from({ length: calls }, (_, n) => {
      const person = people[n % callers]!;
      return [person.number, credentials(person.number, person.password), `0044123${String(n).padStart(4, '0')}`];
    });
    const crowd = { to: server.sip, keys: { domain }, rows, rate: 50, limit: calls, mayFail: true, trace: false, timeout: 120 };
    const phones = await Sipp.start('call', { ...crowd, more: ['-d', '60000'] });
    await eventually(
      'all calls are talking',
      async () => {
        const { items, total } = await server.api.get('/active-calls?pageSize=250');
        return items.filter((call: { state: string }) => call.state === 'talking').length === calls || total === -1;
      },
      40_000,
    );
    // A heartbeat comes every five seconds: by now all of them have had one that is five seconds into the call.
    await sleep(10_500);
    await server.end('SIGKILL');
    await phones.stop();
    await gateway.stop();

    const before = server.database();
    expect(before.number('SELECT COUNT(*) FROM call_journal')).toBe(calls);
    before.close();
    await server.launch();

    const database = server.database();
    try {
      await eventually('all calls have a CDR', () => database.number('SELECT COUNT(*) FROM cdrs') === calls, 20_000);
      expect(database.number('SELECT COUNT(*) FROM call_journal')).toBe(0);
      expect(database.number('SELECT COUNT(DISTINCT "sipCallId") FROM cdrs')).toBe(calls);
      expect(database.number(`SELECT COUNT(*) FROM cdrs WHERE "endedBy" = 'recovered' AND cost > 0 AND "talkMs" >= 5000`)).toBe(calls);
      expect(database.number('SELECT COUNT(*) FROM ledger_entries WHERE "callId" IS NOT NULL')).toBe(calls);
      expectBooksToBalance(database);
    } finally {
      database.close();
    }
    for (const person of people) {
      const shown = await server.api.get(`/subscribers/${person.id}`);
      expect(shown).toMatchObject({ held: '0.00', available: shown.balance });
      expect(Number(shown.balance)).toBeLessThan(100);
    }
    // A second restart finds nothing more to recover.
    await server.restart('SIGKILL');
    const after = server.database();
    expect(after.number('SELECT COUNT(*) FROM cdrs')).toBe(calls);
    expectBooksToBalance(after);
    after.close();
  }, 180_000);
});

describe('kill -9 in the middle of calls that nobody pays', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start('recovery-free');
  });
  afterAll(() => server?.stop());

  it('each answered one has exactly one CDR (recovered), one that had ended keeps its own', async () => {
    const anna = await addSubscriber(server, '1001', { maxCalls: 10 });
    const bert = await addSubscriber(server, '1002');
    const calls = 5;
    const phone = await Sipp.start('answer', { calls: calls + 1, mayFail: true });
    await registerAt(server, bert, phone);
    await Sipp.run('call', { to: server.sip, ...calling(anna, bert.number), more: ['-d', '1000'] });
    const patient = { to: server.sip, ...calling(anna, bert.number), calls, mayFail: true, more: ['-d', '60000'] };
    const phones = await Sipp.start('call', patient);
    await eventually('all calls are talking', async () => {
      const { items } = await server.api.get('/active-calls');
      return items.filter((call: { state: string }) => call.state === 'talking').length === calls;
    });
    // Written behind, and a heartbeat every five seconds.
    await sleep(6_000);
    await server.end('SIGKILL');
    await Promise.all([phones.stop(), phone.stop()]);
    await server.launch();

    const database = server.database();
    try {
      expect(database.number('SELECT COUNT(*) FROM call_journal')).toBe(0);
      expect(database.number(`SELECT COUNT(*) FROM cdrs WHERE "endedBy" = 'recovered'`)).toBe(calls);
      expect(database.number('SELECT COUNT(DISTINCT "sipCallId") FROM cdrs')).toBe(calls + 1);
      expect(database.number('SELECT COUNT(*) FROM cdrs')).toBe(calls + 1);
    } finally {
      database.close();
    }
    const [record] = await server.api.list('/calls');
    expect(record).toMatchObject({ direction: 'internal', status: 200, endedBy: 'recovered', cost: null });
  }, 90_000);
});
