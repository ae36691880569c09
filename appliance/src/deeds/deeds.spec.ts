import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SettingsFile } from '../settings-file.ts';
import { Deeds, deedFile } from './deeds.ts';

let folder: string;
const keeper = { ready: true };
const file = () => new SettingsFile('deeds.json', deedFile, [], keeper, folder);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialtone-deeds-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('keeps what was done until the server has taken it, over a life of the agent', async () => {
  const deeds = new Deeds(file());
  await Promise.all([
    deeds.record('network.change', 'network', { dns: ['192.0.2.1'] }),
    deeds.record('hostname.change', 'machine', { hostname: 'pbx' }),
  ]);
  expect(deeds.list.map(({ action }) => action)).toEqual(['network.change', 'hostname.change']);
  const again = file();
  await again.load();
  const next = new Deeds(again);
  await next.taken(1);
  expect(next.list).toMatchObject([{ entity: 'machine', details: { hostname: 'pbx' } }]);
  expect(JSON.parse(await readFile(join(folder, 'system/deeds.json'), 'utf8'))).toHaveLength(1);
});
