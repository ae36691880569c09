import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountBook } from '../billing/account-book.ts';
import { AccountCharging } from '../billing/account-charging.ts';
import { newCallId } from '../billing/call-id.ts';
import { callRecord, paidCall, rateOf } from '../billing/testing.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

let house: TestApp;
let admin: TestClient;
let anna: TestClient;
let bob: TestClient;
let annaId: number;
let bobId: number;

async function subscriber(number: string): Promise<[number, TestClient]> {
  const made = await admin.post('/subscribers', { number, displayName: `Person ${number}` });
  const client = house.visitor();
  const login = await client.post('/session', { login: number, password: made.body.sipPassword });
  expect(login.status, JSON.stringify(login.body)).toBeLessThan(300);
  return [made.body.subscriber.id, client];
}

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  [annaId, anna] = await subscriber('1001');
  [bobId, bob] = await subscriber('1002');
});
afterAll(() => house.stop());

const key = (value: string) => ({ 'idempotency-key': value });
const credit = (id: number, amount: string, idempotency: string, client = admin) =>
  client.post(`/subscribers/${id}/credit`, { amount, reason: 'cash at the desk' }, key(idempotency));

describe('credit over HTTP', () => {
  it('U-12: a double click and a retry make exactly one entry with its receipt', async () => {
    const answers = await Promise.all([credit(annaId, '10', 'click-1'), credit(annaId, '10', 'click-1')]);
    const retry = await credit(annaId, '10', 'click-1');
    expect([...answers, retry].map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect([...answers, retry].filter((answer) => !answer.body.replayed)).toHaveLength(1);
    const ledger = await admin.get(`/subscribers/${annaId}/ledger`);
    expect(ledger.body).toMatchObject({
      total: 1,
      items: [{ type: 'topup', amount: '10.00', endingBalance: '10.00', actor: 'admin:anna' }],
    });
  });

  it('U-13: the ending balance of the newest row is the balance in the header', async () => {
    const { body } = await credit(annaId, '-2.5', 'take-1');
    expect(body.entry).toMatchObject({ type: 'adjust', amount: '-2.50', endingBalance: '7.50', reason: 'cash at the desk' });
    expect((await admin.get(`/subscribers/${annaId}`)).body.balance).toBe('7.50');
  });

  it.each([
    ['no key', '1', {}, 400, 'invalid'],
    ['a key with spaces', '1', key('a b'), 400, 'invalid'],
    ['nothing', '0.00', key('n'), 400, 'invalid'],
    ['seven decimals', '0.0000001', key('n'), 400, 'invalid'],
    ['no number', 'ten', key('n'), 400, 'invalid'],
    ['more than there is', '-100', key('n'), 422, 'balance-too-low'],
    ['a key that made another entry', '11', key('click-1'), 409, 'idempotency-key-reused'],
  ])('refuses %s', async (_what, amount, headers, status, code) => {
    const answer = await admin.post(`/subscribers/${annaId}/credit`, { amount, reason: 'x' }, headers as Record<string, string>);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('needs a reason, and a subscriber who exists', async () => {
    expect((await admin.post(`/subscribers/${annaId}/credit`, { amount: '1', reason: ' ' }, key('r'))).status).toBe(400);
    expect((await credit(9999, '1', 'nobody')).status).toBe(404);
    expect((await admin.get('/subscribers/9999/ledger')).status).toBe(404);
  });

  it('corrects by a new entry, once for one key', async () => {
    const wrong = await credit(bobId, '100', 'wrong');
    const path = `/ledger/${wrong.body.entry.id}/correct`;
    const body = { amount: '-90', reason: '10 was meant' };
    const [first, again] = [await admin.post(path, body, key('c')), await admin.post(path, body, key('c'))];
    expect([first.body.replayed, again.body.replayed]).toEqual([false, true]);
    const { items } = (await admin.get(`/subscribers/${bobId}/ledger`)).body;
    expect(items).toMatchObject([
      { type: 'correction', amount: '-90.00', endingBalance: '10.00', correctsId: wrong.body.entry.id },
      { type: 'topup', correctedById: first.body.entry.id },
    ]);
    expect((await admin.post('/ledger/9999/correct', body, key('d'))).status).toBe(404);
  });

  it('is for administrators; a subscriber sees his own ledger only', async () => {
    expect((await credit(annaId, '1', 'mine', anna)).status).toBe(403);
    expect((await anna.post('/ledger/1/correct', { amount: '1', reason: 'x' }, key('m'))).status).toBe(403);
    expect((await anna.get(`/subscribers/${bobId}/ledger`)).status).toBe(403);
    expect((await house.visitor().get('/me/ledger')).status).toBe(401);
    expect((await admin.get('/me/ledger')).status).toBe(403);
    const mine = await anna.get('/me/ledger?type=adjust');
    expect(mine.body).toMatchObject({ total: 1, items: [{ amount: '-2.50' }] });
  });

  it('stands in the audit once, with amount, reason and whose it is, read from the ledger', async () => {
    const [carlId] = await subscriber('1003');
    const made = await credit(carlId, '7.25', 'audited');
    await credit(carlId, '7.25', 'audited');
    const path = `/ledger/${made.body.entry.id}/correct`;
    const corrected = await admin.post(path, { amount: '-0.25', reason: 'typed 25 cents too many' }, key('audited'));
    const { items } = (await admin.get('/audit?entity=ledger&pageSize=2')).body;
    const ledger = { subscriberId: carlId, number: '1003' };
    expect(items).toMatchObject([
      {
        actor: 'admin:anna',
        action: 'ledger.correction',
        entityId: String(corrected.body.entry.id),
        ledger: { ...ledger, amount: '-0.25', endingBalance: '7.00', reason: 'typed 25 cents too many', correctsId: made.body.entry.id },
      },
      { action: 'ledger.topup', entityId: String(made.body.entry.id), ledger: { ...ledger, amount: '7.25', reason: 'cash at the desk' } },
    ]);
    const found = (await admin.get('/audit?q=25%20cents')).body.items;
    expect(found.map((row: { action: string }) => row.action)).toEqual(['ledger.correction']);
    const stored: unknown = await house.app.get(DataSource).query(`SELECT "before", "after" FROM audit_entries WHERE "entity" = 'ledger'`);
    expect(JSON.stringify(stored)).not.toContain('cash');
  });

  it('shows in the audit what changed of the terms, as money', async () => {
    const [carlId] = await subscriber('1004');
    await admin.patch(`/subscribers/${carlId}`, { kind: 'postpaid', creditLimit: '50', dailyCap: '5' });
    await admin.patch(`/subscribers/${carlId}`, { kind: 'prepaid', creditLimit: '0', dailyCap: null });
    const [back, there] = (await admin.get('/audit?action=subscriber.change')).body.items;
    expect(there).toMatchObject({
      before: { kind: 'prepaid', creditLimit: '0.00', dailyCap: null },
      after: { kind: 'postpaid', creditLimit: '50.00', dailyCap: '5.00' },
    });
    expect(back.after).toEqual({ kind: 'prepaid', creditLimit: '0.00', dailyCap: null });
  });
});

describe('calls over HTTP', () => {
  it('shows a charged call to the administrator and the payer, explained, and to nobody else', async () => {
    const charging = house.app.get(AccountCharging);
    const book = house.app.get(AccountBook);
    const call = paidCall(newCallId(Date.now()), book.accountOf(annaId) ?? 0, rateOf('0.0120', '60/60', { connectFee: 50_000 as never }), {
      startedAt: Date.now(),
      record: {
        sipCallId: 'x@phone',
        fromSubscriberId: annaId,
        fromUser: '1001',
        dialled: '00442071838750',
        gatewayId: null,
        direction: 'outbound',
      },
    });
    expect(charging.authorise(call)).toEqual({ ok: true });
    await charging.answered(call.callId, { mono: performance.now(), wall: Date.now() });
    const header = await admin.get(`/subscribers/${annaId}`);
    expect(header.body).toMatchObject({ balance: '7.50', held: '0.062', available: '7.438' });
    charging.finished(callRecord(call, 61_000));

    let items: { id: number }[] = [];
    for (let n = 0; n < 40 && items.length === 0; n += 1) {
      await new Promise((done) => setTimeout(done, 50));
      items = (await admin.get('/calls?q=00442071838750')).body.items;
    }
    expect(items).toMatchObject([
      { from: '1001', fromName: 'Person 1001', cost: '0.074', billedSeconds: 120, talkSeconds: 61, status: 200 },
    ]);
    const id = items[0]?.id;
    const detail = await anna.get(`/me/calls/${id}`);
    expect(detail.body.steps.map((step: { code: string }) => step.code)).toEqual(['talk', 'increments', 'usage', 'connect', 'rounded']);
    const { items: entries } = (await anna.get('/me/ledger?type=charge')).body;
    expect(entries).toMatchObject([{ id: detail.body.ledgerEntryId, amount: '-0.074', endingBalance: '7.426', actor: 'system' }]);
    expect((await bob.get(`/me/calls/${id}`)).status).toBe(404);
    expect((await bob.get(`/calls/${id}`)).status).toBe(403);
    expect((await bob.get('/calls.csv')).status).toBe(403);
    expect((await bob.get('/me/calls')).body.total).toBe(0);

    const csv = await admin.get(`/calls.csv?subscriberId=${annaId}`);
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.headers['content-disposition']).toContain('calls.csv');
    expect(String(csv.body).trimEnd().split('\r\n')).toHaveLength(2);
  });

  it.each(['status=20', 'sort=reason', 'from=yesterday', 'pageSize=1000', 'missed=no', 'other=1'])('refuses ?%s', async (query) => {
    expect((await admin.get(`/calls?${query}`)).status).toBe(400);
  });
});
