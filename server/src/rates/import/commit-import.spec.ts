import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOptions } from '../../database/database-options.ts';
import { openTestDatabase, type TestDatabase } from '../../database/testing.ts';
import { UnitOfWork } from '../../database/unit-of-work.ts';
import { commitStaged } from './commit-import.ts';
import type { StagedRate } from './rate-row.ts';
import { StagingWriter } from './staging-writer.ts';

const FIELDS = ['prefix', 'name', 'price'] as const;
const ROWS = 100_000;
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dialtone-staging-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const rate = (prefix: string, pricePerMinute: number): StagedRate => ({
  prefix,
  name: `To ${prefix}`,
  pricePerMinute,
  connectFee: 0,
  firstIncrement: 60,
  nextIncrement: 60,
  minCharge: 0,
  freeSeconds: 0,
  graceSeconds: 0,
  blocked: false,
  effectiveFrom: 0,
});

async function stage(name: string, rates: Iterable<StagedRate>): Promise<string> {
  const file = join(folder, name);
  const writer = await StagingWriter.create(file);
  for (const one of rates) await writer.add(one);
  await writer.end();
  await writer.close();
  return file;
}

const idle = { before: async () => undefined, after: async () => undefined };
const prices = async () =>
  Object.fromEntries(
    (
      await database.reader.query<{ prefix: string; price: number }[]>(
        'SELECT "prefix", "pricePerMinute" AS "price" FROM "rates" ORDER BY "prefix"',
      )
    ).map((row) => [row.prefix, row.price]),
  );

describe('commitStaged', () => {
  it('creates, updates, leaves alone and deletes by what is there at that moment', async () => {
    const first = await stage('first.sqlite', [rate('44', 1), rate('49', 2), rate('49', 3), rate('1', 4)]);
    const into = (staging: string, mode: 'merge' | 'replace') => commitStaged(database.uow, { staging, tariffId: 1, mode }, FIELDS, idle);
    expect(await into(first, 'merge')).toEqual({ create: 3, update: 0, delete: 0 });
    const second = await stage('second.sqlite', [rate('44', 1), rate('49', 5), rate('7', 6)]);
    expect(await into(second, 'merge')).toEqual({ create: 1, update: 1, delete: 0 });
    expect(await prices()).toEqual({ 1: 4, 44: 1, 49: 5, 7: 6 });
    expect(await into(second, 'replace')).toEqual({ create: 0, update: 0, delete: 1 });
    expect(await into(second, 'replace')).toEqual({ create: 0, update: 0, delete: 0 });
  });

  it('changes nothing when something inside the transaction fails, and can be tried again', async () => {
    const before = await prices();
    const staging = await stage('third.sqlite', [rate('33', 9)]);
    const fail = { before: async () => undefined, after: () => Promise.reject(new Error('no audit')) };
    await expect(commitStaged(database.uow, { staging, tariffId: 1, mode: 'replace' }, FIELDS, fail)).rejects.toThrow('no audit');
    expect(await prices()).toEqual(before);
    await commitStaged(database.uow, { staging, tariffId: 1, mode: 'replace' }, FIELDS, idle);
    expect(await prices()).toEqual({ 33: 9 });
  });

  it('commits at the same time queue up; other writes go on', async () => {
    const files = await Promise.all(['a', 'b', 'c'].map((name, n) => stage(`${name}.sqlite`, [rate(`9${n}`, n)])));
    const commits = files.map((staging) => commitStaged(database.uow, { staging, tariffId: 1, mode: 'merge' }, FIELDS, idle));
    await database.uow.write((m) => m.query('UPDATE "tariffs" SET "updatedAt" = 1'));
    expect(await Promise.all(commits)).toEqual(files.map(() => ({ create: 1, update: 0, delete: 0 })));
  });

  it('is whole or not at all under kill -9', { timeout: 60_000 }, async () => {
    const staging = await stage(
      'many.sqlite',
      Array.from({ length: ROWS }, (_, n) => rate(String(1_000_000 + n), n)),
    );
    const outcomes = new Set<number>();
    for (const delay of [0, 20, 50, 90, 150, 5_000]) {
      const path = join(folder, `killed-${delay}.sqlite`);
      await (await UnitOfWork.open(databaseOptions(path))).close();
      await killDuringCommit(path, staging, delay);
      const after = await UnitOfWork.open(databaseOptions(path));
      const [{ count }] = await after.statement((m) => m.query('SELECT COUNT(*) AS "count" FROM "rates"'));
      const [{ integrity_check }] = await after.statement((m) => m.query('PRAGMA integrity_check'));
      await after.close();
      expect(integrity_check).toBe('ok');
      expect([0, ROWS]).toContain(count);
      outcomes.add(count);
    }
    // The last one was given time to end; the first ones were not.
    expect(outcomes).toEqual(new Set([0, ROWS]));
  });
});

/** Commits in a process of its own, and kills it so many ms after the transaction began. */
async function killDuringCommit(path: string, staging: string, delay: number): Promise<void> {
  const here = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const script = `
    const { UnitOfWork } = await import(${here('../../database/unit-of-work.ts')});
    const { databaseOptions } = await import(${here('../../database/database-options.ts')});
    const { commitStaged } = await import(${here('./commit-import.ts')});
    const uow = await UnitOfWork.open(databaseOptions(${JSON.stringify(path)}));
    const within = { before: async () => console.log('begun'), after: async () => undefined };
    await commitStaged(uow, { staging: ${JSON.stringify(staging)}, tariffId: 1, mode: 'merge' }, ['prefix', 'name', 'price'], within);
    console.log('done');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const heard = (word: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes(word)) resolve();
      });
      child.once('exit', () => reject(new Error(`the committing process ended: ${said}`)));
    });
  const done = heard('done');
  done.catch(() => undefined);
  await heard('begun');
  await Promise.race([done.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, delay))]);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
