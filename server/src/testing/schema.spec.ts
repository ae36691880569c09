import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FEATURES } from '../app.module.ts';
import { databaseOptions } from '../database/database-options.ts';

let source: DataSource;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialtone-schema-'));
  source = await new DataSource(databaseOptions(join(folder, 'x.sqlite'))).initialize();
});
afterAll(async () => {
  await source.destroy();
  await rm(folder, { recursive: true });
});

it('the migrations make exactly the columns that the entities describe', async () => {
  expect(FEATURES.length).toBeGreaterThan(10); // imported for its entities
  const runner = source.createQueryRunner();
  for (const entity of source.entityMetadatas) {
    const table = await runner.getTable(entity.tableName);
    const made = table?.columns.map((c) => `${c.name} ${c.type} ${c.isNullable ? 'null' : 'not null'} ${c.length || '-'}`);
    const meant = entity.columns.map(
      (c) => `${c.databaseName} ${source.driver.normalizeType(c)} ${c.isNullable ? 'null' : 'not null'} ${c.length || '-'}`,
    );
    expect([entity.tableName, ...(made ?? []).sort()]).toEqual([entity.tableName, ...meant.sort()]);
  }
});

it('every migration can be taken back', async () => {
  const applied = await source.query('SELECT COUNT(*) AS "n" FROM "migrations"');
  for (let i = 0; i < applied[0].n; i++) await source.undoLastMigration();
  const left = await source.query(
    `SELECT "name" FROM "sqlite_master" WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite_%' AND "name" <> 'migrations'`,
  );
  expect(left).toEqual([]);
});
