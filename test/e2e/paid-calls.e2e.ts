import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectBooksToBalance, expectQuietBooks } from '../support/money.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, addSubscriber, calling, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { eventually } from '../support/wait.ts';

const unit = 1_000_000;
const toMicros = (text: string) => Math.round(Number(text) * unit);

describe('paid calls through a gateway', () => {
  let server: TestServer;
  let gatewayPort: number;
  let cdrs = 0;
  const abroad = '00441234567';
  /** The gateway's answer to the next call; one sipp process after the other on the port of the gateway. */
  const gateway = (scenario: string, options: object = {}) =>
    Sipp.start(scenario, {
      port: gatewayPort,
      fill: { number: '441234567', ...(options as { fill?: object }).fill },
      ...withoutFill(options),
    });
  const withoutFill = (options: object) => Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'fill'));
  /** The newest record of a person, once there are as many as expected: records are written a moment after the call. */
  const lastRecord = (person: Person, records = 1) =>
    eventually(`${records} CDRs`, async () => {
      const rows = await server.api.list(`/calls?subscriberId=${person.id}`);
      return rows.length >= records ? rows[0] : undefined;
    });
  const refused = async (caller: Person, status: number, words: string, number = abroad) => {
    const fill = { status, words, patience: 8000 };
    await Sipp.run('call-refused', { to: server.sip, ...calling(caller, number), fill });
    cdrs += 1;
  };

  beforeAll(async () => {
    server = await TestServer.start('paid-calls');
    gatewayPort = await freePort();
    await addGateway(server, 'Carrier', `127.0.0.1:${gatewayPort}`);
    await addRate(server, '44', '0.60');
    await addRate(server, '4470', '0.00', { blocked: true });
  });
  afterAll(() => server?.stop());

  it('digits are stripped, the call is priced by the second, and CDR, ledger and balance agree to the micro-unit', async () => {
    const anna = await addCaller(server, '1001', '5.00');
    const carrier = await gateway('gateway-answer');
    await Sipp.run('call', { to: server.sip, ...calling(anna, abroad), more: ['-d', '2300'] });
    await carrier.finished();
    cdrs += 1;
    const record = await lastRecord(anna);
    expect(record).toMatchObject({ status: 200, endedBy: 'caller', direction: 'outbound' });
    await expectQuietBooks(server, cdrs);

    const database = server.database();
    const cdr = database.one('SELECT * FROM cdrs WHERE "fromSubscriberId" = ?', anna.id);
    const seconds = Math.ceil(Number(cdr.talkMs) / 1000);
    expect(seconds).toBe(3);
    expect(cdr.cost).toBe(seconds * 10_000);
    const charges = database.all(
      `SELECT l.* FROM ledger_entries l JOIN accounts a ON a.id = l."accountId" WHERE a."subscriberId" = ? AND l."callId" IS NOT NULL`,
      anna.id,
    );
    expect(charges.map((entry) => entry.amount)).toEqual([-Number(cdr.cost)]);
    const account = database.one('SELECT * FROM accounts WHERE "subscriberId" = ?', anna.id);
    expect(account.balance).toBe(5 * unit - Number(cdr.cost));
    expect(charges[0]?.endingBalance).toBe(account.balance);
    database.close();

    const shown = await server.api.get(`/subscribers/${anna.id}`);
    expect(toMicros(shown.balance)).toBe(account.balance);
    expect(shown).toMatchObject({ held: '0.00', available: shown.balance });
    const explained = await server.api.get(`/calls/${record.id}`);
    expect(toMicros(explained.cost)).toBe(cdr.cost);
  });

  it('"+" is dialled like 00', async () => {
    const anna = await addCaller(server, '1002', '5.00');
    const carrier = await gateway('gateway-answer');
    await Sipp.run('call', { to: server.sip, ...calling(anna, '+441234567'), more: ['-d', '100'] });
    await carrier.finished();
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
  });

  it('the far end hangs up: the caller gets the BYE, one CDR', async () => {
    const anna = await addCaller(server, '1003', '5.00');
    const carrier = await gateway('gateway-hangs-up', { more: ['-d', '700'] });
    await Sipp.run('call-until-bye', { to: server.sip, ...calling(anna, abroad) });
    await carrier.finished();
    cdrs += 1;
    expect(await lastRecord(anna)).toMatchObject({ status: 200, endedBy: 'callee' });
    await expectQuietBooks(server, cdrs);
  });

  it('a call that is given up while it rings costs nothing and releases its hold', async () => {
    const anna = await addCaller(server, '1004', '5.00');
    const carrier = await gateway('gateway-rings-until-cancelled');
    await Sipp.run('call-cancelled', { to: server.sip, ...calling(anna, abroad) });
    await carrier.finished();
    cdrs += 1;
    expect(await lastRecord(anna)).toMatchObject({ status: 487, talkSeconds: 0 });
    expect(await server.api.get(`/subscribers/${anna.id}`)).toMatchObject({ balance: '5.00', held: '0.00', available: '5.00' });
    await expectQuietBooks(server, cdrs);
  });

  it('over TCP to the server, UDP to the gateway', async () => {
    const anna = await addCaller(server, '1005', '5.00');
    const carrier = await gateway('gateway-answer');
    await Sipp.run('call', { to: server.sip, transport: 'tcp', ...calling(anna, abroad), more: ['-d', '300'] });
    await carrier.finished();
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
  });

  describe('refused before anything rings, with a reason in words and a CDR', () => {
    it('403: no rate for this destination', async () => {
      const caller = await addCaller(server, '1101', '5.00');
      await refused(caller, 403, 'No rate for this destination', '0099912345');
      expect(await lastRecord(caller)).toMatchObject({ refusal: 'no-rate' });
    });
    it('402: no credit', async () => {
      const caller = await addCaller(server, '1102', '0.005');
      await refused(caller, 402, 'Balance too low for this destination');
      expect(await lastRecord(caller)).toMatchObject({ refusal: 'no-credit' });
    });
    it('403: no permission for calls abroad', async () => {
      const caller = await addSubscriber(server, '1103', { balance: '5.00', groups: ['local'] });
      await refused(caller, 403, 'not permitted');
      expect(await lastRecord(caller)).toMatchObject({ refusal: 'not-permitted' });
    });
    it('403: the prefix is blocked, though a shorter one is allowed', async () => {
      const caller = await addCaller(server, '1104', '5.00');
      await refused(caller, 403, 'blocked', '0044701111111');
      expect(await lastRecord(caller)).toMatchObject({ refusal: 'destination-blocked' });
    });
    it('402: the daily cap is reached', async () => {
      const caller = await addCaller(server, '1105', '5.00', { dailyCap: '0.02' });
      const carrier = await gateway('gateway-answer');
      const cut = Sipp.run('call-abroad-cut', { to: server.sip, ...calling(caller, abroad), fill: { reason: '[Dd]aily' } });
      await Promise.all([cut, carrier.finished()]);
      cdrs += 1;
      await refused(caller, 402, 'Daily limit reached');
      expect(await lastRecord(caller, 2)).toMatchObject({ refusal: 'daily-cap' });
    });
    it('403: the account is suspended', async () => {
      const caller = await addCaller(server, '1106', '5.00');
      await server.api.patch(`/subscribers/${caller.id}`, { status: 'suspended' });
      const fill = { status: 403, words: 'suspended', patience: 8000 };
      await Sipp.run('call-refused', { to: server.sip, ...calling(caller, abroad), fill });
      cdrs += 1;
    });
    it('and the books are quiet afterwards', () => expectQuietBooks(server, cdrs));
  });

  it('at zero both sides get a BYE, and the balance is exactly zero (R-54)', async () => {
    const anna = await addCaller(server, '1201', '0.03');
    const carrier = await gateway('gateway-answer');
    const call = Sipp.run('call-abroad-cut', { to: server.sip, ...calling(anna, abroad), fill: { reason: '[Cc]redit|[Bb]alance' } });
    await Promise.all([call, carrier.finished()]);
    cdrs += 1;
    expect(await lastRecord(anna)).toMatchObject({ endedBy: 'credit', cost: '0.03', status: 200 });
    expect(await server.api.get(`/subscribers/${anna.id}`)).toMatchObject({ balance: '0.00', held: '0.00', available: '0.00' });
    await expectQuietBooks(server, cdrs);
  });

  it('an administrator ends a paid call: both sides get a BYE, the talk until then is charged', async () => {
    const anna = await addCaller(server, '1202', '5.00');
    const carrier = await gateway('gateway-answer');
    const call = await Sipp.start('call-until-bye', { to: server.sip, ...calling(anna, abroad) });
    const active = await eventually('the call is talking', async () => {
      const { items } = await server.api.get('/active-calls');
      // The caller has his 200 for sure: until the journal is on disk he has not, though the gateway has answered.
      return items.find((one: { state: string; talkSeconds: number }) => one.state === 'talking' && one.talkSeconds >= 1);
    });
    expect(Number(active.held)).toBeGreaterThan(0);
    await server.api.delete(`/active-calls/${active.id}`, { reason: 'test' });
    await Promise.all([call.finished(), carrier.finished()]);
    cdrs += 1;
    expect(await lastRecord(anna)).toMatchObject({ endedBy: 'admin', cost: expect.not.stringMatching(/^0\.00$/) });
    await expectQuietBooks(server, cdrs);
  });

  it('thirty INVITEs at the same instant on credit for one: one connects', async () => {
    // 0.015: enough for one second at 0.01 a second, not for two calls.
    const anna = await addCaller(server, '1203', '0.015', { maxCalls: 100 });
    const carrier = await Sipp.start('gateway-load', { port: gatewayPort, calls: 30, mayFail: true, timeout: 60 });
    const rows = Array.from({ length: 30 }, () => [anna.number, credentials(anna.number, anna.password), abroad]);
    const crowd = { to: server.sip, keys: { domain }, rows, rate: 1000, limit: 30, mayFail: true };
    await Sipp.run('call-until-bye', { ...crowd, patience: 8000 });
    await carrier.stop();
    cdrs += 30;
    await expectQuietBooks(server, cdrs);
    const database = server.database();
    const answered = database.number('SELECT COUNT(*) FROM cdrs WHERE "fromSubscriberId" = ? AND "answeredAt" IS NOT NULL', anna.id);
    expect(answered).toBe(1);
    expect(database.number('SELECT COUNT(*) FROM cdrs WHERE "fromSubscriberId" = ? AND refusal = ?', anna.id, 'no-credit')).toBe(29);
    expectBooksToBalance(database);
    database.close();
  });

  it('a postpaid subscriber talks on credit, never below the limit', async () => {
    const paul = await addSubscriber(server, '1204', { groups: ['int'], kind: 'postpaid', creditLimit: '0.02' });
    const carrier = await gateway('gateway-answer');
    const call = Sipp.run('call-abroad-cut', {
      to: server.sip,
      ...calling(paul, abroad),
      fill: { reason: '[Cc]redit|[Bb]alance|[Ll]imit' },
    });
    await Promise.all([call, carrier.finished()]);
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
    expect(await server.api.get(`/subscribers/${paul.id}`)).toMatchObject({ balance: '-0.02', available: '0.00' });
  });

  it('a group that may call for free is not charged', async () => {
    const free = await addSubscriber(server, '1205', { groups: ['free-pstn', 'int'] });
    const carrier = await gateway('gateway-answer');
    await Sipp.run('call', { to: server.sip, ...calling(free, abroad), more: ['-d', '200'] });
    await carrier.finished();
    cdrs += 1;
    expect(await lastRecord(free)).toMatchObject({ cost: null, status: 200 });
    await expectQuietBooks(server, cdrs);
  });
});
