import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroupWriter } from './group-writer.ts';
import { openTestDatabase, type TestDatabase } from './testing.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await openTestDatabase();
  await db.uow.write((m) => m.query('CREATE TABLE "things" ("name" varchar(20) UNIQUE)'));
});
afterEach(() => db.close());

const insert = (m: { query(sql: string, values?: unknown[]): Promise<unknown> }, name: string) =>
  m.query('INSERT INTO "things" ("name") VALUES (?)', [name]);
const names = async () => (await db.reader.query('SELECT "name" FROM "things" ORDER BY "rowid"')).map((row: { name: string }) => row.name);

describe('UnitOfWork', () => {
  it('keeps transactions apart: one that fails takes nothing of another along', async () => {
    const good = db.uow.write(async (m) => {
      await insert(m, 'good');
      await sleep(20);
      await insert(m, 'good too');
    });
    const bad = db.uow.write(async (m) => {
      await insert(m, 'bad');
      throw new Error('no');
    });
    await good;
    await expect(bad).rejects.toThrow('no');
    expect(await names()).toEqual(['good', 'good too']);
  });

  it('commits 15 of 20 concurrent writes of which 5 break a unique index', async () => {
    const writes = Array.from({ length: 20 }, (_, n) => db.uow.write((m) => insert(m, `n${n % 15}`)));
    const results = await Promise.allSettled(writes);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(15);
    expect(await names()).toHaveLength(15);
  });

  it('joins a write inside a write, and undoes both', async () => {
    const outer = db.uow.write(async (m) => {
      await insert(m, 'outer');
      await db.uow.write((inner) => insert(inner, 'inner'));
      throw new Error('no');
    });
    await expect(outer).rejects.toThrow('no');
    expect(await names()).toEqual([]);
  });

  it('does not let a late callback join a transaction that is over', async () => {
    let late: Promise<unknown> | undefined;
    await db.uow.write(async (m) => {
      await insert(m, 'in time');
      late = sleep(10).then(() => db.uow.write((later) => insert(later, 'late')));
    });
    const failing = db.uow.write(async () => {
      await sleep(30);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await late;
    expect(await names()).toEqual(['in time', 'late']);
  });

  it('tells what happened after the commit only', async () => {
    const told: string[] = [];
    await db.uow.write(async (m) => {
      await insert(m, 'a');
      db.uow.afterCommit(() => told.push('a'));
      expect(told).toEqual([]);
    });
    const failing = db.uow.write(async () => {
      db.uow.afterCommit(() => told.push('b'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(told).toEqual(['a']);
    expect(() => db.uow.afterCommit(() => {})).toThrow('outside a write');
  });

  it('lets reads through while a write is open, and refuses writes through the reader', async () => {
    await db.uow.write(async (m) => {
      await insert(m, 'not yet');
      expect(await names()).toEqual([]);
    });
    await expect(insert(db.reader, 'stray')).rejects.toThrow('readonly database');
  });

  it('syncs every commit to the disk', async () => {
    const [mode] = await db.uow.write((m) => m.query('PRAGMA synchronous'));
    const [journal] = await db.uow.write((m) => m.query('PRAGMA journal_mode'));
    expect([mode, journal]).toEqual([{ synchronous: 2 }, { journal_mode: 'wal' }]);
  });
});

describe('GroupWriter', () => {
  const writer = (groups: number[], maxItems = 100) =>
    new GroupWriter<string>({
      uow: db.uow,
      maxItems,
      flush: async (m, items) => {
        groups.push(items.length);
        for (const item of items) await insert(m, item);
      },
    });

  it('writes what comes together in one transaction, in order', async () => {
    const groups: number[] = [];
    const group = writer(groups);
    await Promise.all(['c', 'a', 'b'].map((name) => group.push(name)));
    expect([groups, await names()]).toEqual([[3], ['c', 'a', 'b']]);
  });

  it('fails only the bad item of a group', async () => {
    const groups: number[] = [];
    const group = writer(groups);
    const results = await Promise.allSettled(['a', 'b', 'a', 'c'].map((name) => group.push(name)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  it('is not part of the transaction in which it was pushed to', async () => {
    const group = writer([]);
    let pushed: Promise<void> | undefined;
    const failing = db.uow.write(async () => {
      pushed = group.push('own');
      await sleep(20);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await pushed;
    expect(await names()).toEqual(['own']);
  });

  it('drains at once, whatever waits', async () => {
    const group = writer([], 2);
    const pushed = ['a', 'b', 'c', 'd', 'e'].map((name) => group.push(name));
    await group.drain();
    expect([group.waiting, await names()]).toEqual([0, ['a', 'b', 'c', 'd', 'e']]);
    await Promise.all(pushed);
  });
});
