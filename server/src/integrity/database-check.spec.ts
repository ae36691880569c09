import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { SqliteFile } from '../backup/sqlite-file.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { DATABASE_CHECK_JOB, DatabaseCheckService } from './database-check.service.ts';

let test: TestApp | undefined;
afterEach(async () => {
  await test?.stop();
  test = undefined;
});

it('tells of a damaged database on every page, as long as it is (M-11)', async () => {
  test = await startTestApp();
  const admin = await test.admin();
  const check = test.app.get(DatabaseCheckService);
  expect(await check.check()).toEqual({ result: 'ok', message: 'The database is whole, to its last page.' });
  expect((await admin.get('/jobs')).body.items.map(({ name }: { name: string }) => name)).toContain(DATABASE_CHECK_JOB);

  // All of it into the file, and its last page overwritten, as a worn disk does.
  const path = join(test.dataDir, 'dialtone.sqlite');
  const own = await SqliteFile.open(path, 'write');
  await own.all('CREATE TABLE victim (a TEXT)');
  for (let row = 0; row < 50; row++) await own.all('INSERT INTO victim VALUES (?)', ['x'.repeat(3000)]);
  await own.all('PRAGMA wal_checkpoint(TRUNCATE)');
  await own.close();
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  const before = Buffer.alloc(4096);
  await file.read(before, 0, 4096, size - 4096);
  await file.write(Buffer.alloc(4096, 0xa5), 0, 4096, size - 4096);
  await file.sync();
  expect((await check.check()).result).toBe('warning');
  expect((await admin.get('/alarms')).body.items).toMatchObject([{ code: 'database-damaged', params: { fault: expect.any(String) } }]);

  await file.write(before, 0, 4096, size - 4096);
  await file.close();
  expect((await check.check()).result).toBe('ok');
  expect((await admin.get('/alarms')).body.items).toEqual([]);
});
