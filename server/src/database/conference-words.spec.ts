import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { databaseOptions } from './database-options.ts';
import { ConferenceWords1763690100000 } from './migrations/1763690100000-conference-words.ts';

let folder: string;
let source: DataSource;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-migration-'));
  source = await new DataSource(databaseOptions(join(folder, 'dialtone.sqlite'))).initialize();
});
afterEach(async () => {
  await source.destroy();
  rmSync(folder, { recursive: true, force: true });
});

it('keeps for each conference room whether it has tones, there and back', async () => {
  const runner = source.createQueryRunner();
  const migration = new ConferenceWords1763690100000();
  await migration.down(runner);
  const room = (number: string, announce: number) =>
    `INSERT INTO conference_rooms (number, name, locked, maxMembers, announce, createdAt) VALUES ('${number}', '', 0, 32, ${announce}, 0)`;
  for (const [number, announce] of [
    ['1', 1],
    ['2', 0],
  ] as const)
    await runner.query(room(number, announce));
  const announced = async () =>
    (await runner.query('SELECT announce FROM conference_rooms ORDER BY number')).map((row: { announce: unknown }) => row.announce);
  await migration.up(runner);
  expect(await announced()).toEqual(['tone', 'off']);
  await migration.down(runner);
  expect(await announced()).toEqual([1, 0]);
});
