import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountBook } from '../billing/account-book.ts';
import { AccountCharging } from '../billing/account-charging.ts';
import { AccountsService } from '../billing/accounts.service.ts';
import { recoverCalls } from '../billing/call-recovery.ts';
import { CallStore } from '../billing/call-store.ts';
import { LedgerService } from '../billing/ledger.service.ts';
import { callRecord, HandClock, money, paidCall, rateOf } from '../billing/testing.ts';
import { databaseOptions, readOnly } from './database-options.ts';
import { UnitOfWork } from './unit-of-work.ts';

/** Where Debian keeps the server's programs; without them this file has nothing to run on. */
function postgresPrograms(): string | undefined {
  const root = '/usr/lib/postgresql';
  const [newest] = existsSync(root) ? readdirSync(root).sort().reverse() : [];
  const programs = newest && join(root, newest, 'bin');
  return programs && existsSync(join(programs, 'initdb')) ? programs : undefined;
}

const programs = postgresPrograms();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

describe.skipIf(!programs)('PostgreSQL', () => {
  let folder: string;
  let uow: UnitOfWork;
  let reader: DataSource;

  /** The server refuses to run as root. */
  function run(program: string, ...args: string[]): void {
    const command = [join(programs as string, program), ...args];
    if (process.getuid?.() !== 0) execFileSync(command[0] as string, command.slice(1), { stdio: 'ignore' });
    else execFileSync('runuser', ['-u', 'postgres', '--', ...command], { stdio: 'ignore', cwd: folder });
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialtone-pg-'));
    if (process.getuid?.() === 0) execFileSync('chown', ['postgres', folder]);
    const data = join(folder, 'data');
    const port = await freePort();
    run('initdb', '-D', data, '-U', 'dialtone', '-A', 'trust', '-N');
    run(
      'pg_ctl',
      '-D',
      data,
      '-w',
      '-l',
      join(folder, 'log'),
      '-o',
      `-c listen_addresses=127.0.0.1 -p ${port} -c unix_socket_directories=${folder} -F`,
      'start',
    );
    const options = databaseOptions(`postgres://dialtone@127.0.0.1:${port}/postgres`);
    uow = await UnitOfWork.open(options);
    reader = await new DataSource(readOnly(options)).initialize();
  }, 60_000);

  afterAll(async () => {
    await reader?.destroy();
    await uow?.close();
    run('pg_ctl', '-D', join(folder, 'data'), '-m', 'immediate', 'stop');
    await rm(folder, { recursive: true, force: true });
  });

  it('has the schema of the migrations, and refuses writes through the reader', async () => {
    const [{ count }] = await reader.query('SELECT COUNT(*) AS "count" FROM "tariffs" WHERE "isDefault"');
    expect(Number(count)).toBe(1);
    await expect(reader.query('DELETE FROM "tariffs"')).rejects.toThrow('read-only transaction');
  });

  it('charges, recovers and keeps the ledger as SQLite does', async () => {
    const book = new AccountBook();
    const accounts = new AccountsService(uow, book);
    const ledger = new LedgerService(uow, reader, book);
    const { id } = await uow.write((m) => accounts.createFor(m, 1, { kind: 'prepaid', openingBalance: money('10'), actor: 'system' }));
    const entry = { accountId: id, type: 'topup' as const, amount: money('5'), reason: 'cash', actor: 'admin:anna', idempotencyKey: 'k' };
    const posted = await Promise.allSettled([ledger.post(entry), ledger.post(entry), ledger.post({ ...entry, idempotencyKey: 'l' })]);
    expect(posted.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);

    const charging = new AccountCharging({ book, store: new CallStore(uow), clock: new HandClock() });
    charging.start();
    const rate = rateOf('0.60', '1/1');
    for (const callId of ['a', 'b']) {
      charging.authorise(paidCall(callId, id, rate));
      await charging.answered(callId, { mono: 0, wall: 1 });
    }
    charging.finished(callRecord(paidCall('a', id, rate), 30_000));
    await charging.stop();
    expect(await recoverCalls(uow)).toBe(1);
    const rows = await reader.query('SELECT "callId", "cost", "endedBy", "missed" FROM "cdrs" ORDER BY "callId"');
    expect(rows).toEqual([
      { callId: 'a', cost: '300000', endedBy: 'caller', missed: false },
      { callId: 'b', cost: '10000', endedBy: 'recovered', missed: false },
    ]);
    const [sums] = await reader.query('SELECT "balance", (SELECT SUM("amount") FROM "ledger_entries") AS "sum" FROM "accounts"');
    expect(sums).toEqual({ balance: '19690000', sum: '19690000' });
    expect((await ledger.list(id, { page: 1, pageSize: 50, sort: '-createdAt' })).items[0]?.endingBalance).toBe(money('19.69'));
    await expect(uow.write((m) => m.query('UPDATE "ledger_entries" SET "amount" = 0'))).rejects.toThrow('append-only');
  });
});
