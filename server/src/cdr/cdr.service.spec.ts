import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountBook } from '../billing/account-book.ts';
import { AccountsService } from '../billing/accounts.service.ts';
import type { CallRecord } from '../billing/call-record.ts';
import { writeFinished } from '../billing/call-store.ts';
import { LedgerService } from '../billing/ledger.service.ts';
import { price } from '../billing/price.ts';
import { callRecord, money, paidCall, rateOf } from '../billing/testing.ts';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import { Directory } from '../directory/directory.ts';
import { aSubscriber } from '../directory/testing.ts';
import { ZERO } from '../money/money.ts';
import { CdrService } from './cdr.service.ts';
import { callsCsv } from './cdr-csv.ts';

const rate = rateOf('0.0120', '60/60', { connectFee: money('0.05') });
const noon = Date.UTC(2026, 4, 1, 12);

let db: TestDatabase;
let cdrs: CdrService;

beforeEach(async () => {
  db = await openTestDatabase();
  const directory = new Directory();
  for (const [id, displayName] of [
    [1, 'Anna Berg'],
    [2, 'Bob'],
  ] as const) {
    directory.upsertSubscriber(aSubscriber({ id, number: `100${id}`, domain: 'sip.example.org', displayName, groups: [] }));
  }
  const book = new AccountBook();
  const accounts = new AccountsService(db.uow, book);
  await db.uow.write((m) => accounts.createFor(m, 1, { kind: 'prepaid', openingBalance: money('100'), actor: 'admin:anna' }));
  cdrs = new CdrService(db.reader, directory, new LedgerService(db.uow, db.reader, book));
});
afterEach(() => db.close());

let count = 0;
function record(talkMs: number, o: Partial<CallRecord> = {}): CallRecord {
  count += 1;
  return { ...callRecord(paidCall(`call-${count}`, 1, rate, { startedAt: noon + count * 60_000 }), talkMs), ...o };
}

const write = (...records: CallRecord[]) =>
  db.uow.write((m) =>
    writeFinished(
      m,
      records.map((one) => ({
        record: one,
        journalId: null,
        ...(one.accountId === null ? { cost: ZERO, billedSeconds: 0 } : price(rate, one.talkMs)),
      })),
      noon,
    ),
  );

const internal = (o: Partial<CallRecord>) => ({
  accountId: null,
  rate: null,
  e164: null,
  gatewayId: null,
  direction: 'internal' as const,
  ...o,
});
const list = (o: object = {}, me?: number) => cdrs.list({ page: 1, pageSize: 50, sort: '-startedAt', ...o }, me);

describe('CdrService', () => {
  it('lists with filters, in the order asked for', async () => {
    await write(
      record(61_000),
      record(0, { status: 486, reason: 'Busy Here' }),
      record(5_000, internal({ fromSubscriberId: 2, toSubscriberId: 1, fromUser: '1002', dialled: '1001' })),
      record(0, internal({ fromSubscriberId: 2, toSubscriberId: 1, fromUser: '1002', dialled: '1001', status: 480, missed: true })),
    );
    const dialled = async (o: object, me?: number) =>
      (await list(o, me)).items.map((row) => `${row.from} ${row.status} ${row.talkSeconds}`);
    expect(await dialled({})).toEqual(['1002 480 0', '1002 200 5', '1001 486 0', '1001 200 61']);
    expect(await dialled({ sort: 'talkSeconds', pageSize: 2, page: 2 })).toEqual(['1002 200 5', '1001 200 61']);
    expect(await dialled({ sort: '-cost', pageSize: 1 })).toEqual(['1001 200 61']);
    expect(await dialled({ outcome: 'failed' })).toEqual(['1002 480 0', '1001 486 0']);
    expect(await dialled({ outcome: 'answered', direction: 'outbound' })).toEqual(['1001 200 61']);
    expect(await dialled({ status: 486 })).toEqual(['1001 486 0']);
    expect(await dialled({ missed: 'true' })).toEqual(['1002 480 0']);
    expect(await dialled({ subscriberId: 2 })).toEqual(['1002 480 0', '1002 200 5']);
    expect(await dialled({ q: '+4420718' })).toEqual(['1001 486 0', '1001 200 61']);
    expect(await dialled({ q: 'anna b' })).toHaveLength(4);
    expect(await dialled({ q: 'united' })).toEqual(['1001 486 0', '1001 200 61']);
    expect(await dialled({ q: '100%' })).toEqual([]);
    expect((await list({ pageSize: 2 })).total).toBe(4);
    const [first] = (await list({ sort: 'startedAt' })).items;
    const after = { from: first?.startedAt, to: new Date(Date.parse(first?.startedAt ?? '') + 1).toISOString() };
    expect(await dialled(after)).toEqual(['1001 200 61']);
  });

  it('explains the price from the stored rate', async () => {
    await write(record(61_000));
    const [row] = (await list()).items;
    const detail = await cdrs.detail(row?.id ?? 0);
    expect(detail).toMatchObject({
      cost: '0.074',
      fromName: 'Anna Berg',
      rate: { prefix: '44', pricePerMinute: '0.012' },
      ledgerEntryId: 2,
    });
    expect(detail.steps.map((step) => step.code)).toEqual(['talk', 'increments', 'usage', 'connect', 'rounded']);
    expect(detail.steps.at(-1)?.params.cost).toBe(detail.cost);
    await expect(cdrs.detail(99)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('shows a subscriber his own calls only, and no price that another pays', async () => {
    await write(
      record(61_000, { toSubscriberId: 2 }),
      record(5_000, internal({ fromSubscriberId: 2, toSubscriberId: 3 })),
      record(0, internal({ fromSubscriberId: 2, toSubscriberId: 1, missed: true })),
    );
    expect((await list({}, 1)).total).toBe(2);
    expect((await list({ missed: 'true' }, 1)).total).toBe(1);
    expect((await list({ missed: 'true' }, 2)).total).toBe(0);
    const paidByAnna = (await list({ sort: 'startedAt' })).items[0]?.id ?? 0;
    expect(await cdrs.detail(paidByAnna, 1)).toMatchObject({ cost: '0.074', ledgerEntryId: 2 });
    expect(await cdrs.detail(paidByAnna, 2)).toMatchObject({ cost: null, rate: null, steps: [], ledgerEntryId: null, gatewayName: null });
    await expect(cdrs.detail(paidByAnna, 3)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('exports every call of the filter once, and no cell that a spreadsheet would run', async () => {
    await write(
      ...Array.from({ length: 2500 }, (_, n) => record(0, { startedAt: noon + (n % 3) })),
      record(1000, { fromUser: '=HYPERLINK("http://x.example")', startedAt: noon - 1 }),
      record(1000, { direction: 'inbound' }),
    );
    const csv = await text(callsCsv(cdrs.export({ direction: 'outbound' })));
    const lines = csv.trimEnd().split('\r\n');
    expect(lines).toHaveLength(2502);
    expect(lines[0]).toMatch(/^startedAt,answeredAt,endedAt,direction,from,/);
    expect(lines[2501]).toContain(`"'=HYPERLINK(""http://x.example"")"`);
    expect(lines[2501]).toContain('0.062,200,OK,caller,false');
  });
});
