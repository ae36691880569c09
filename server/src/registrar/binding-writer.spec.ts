import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { databaseOptions, readOnly } from '../database/database-options.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import type { Binding } from './binding.ts';
import { BindingWriter, readBindings } from './binding-writer.ts';

const binding = (id: number, changes: Partial<Binding> = {}): Binding => ({
  ...{
    id,
    subscriberId: 1,
    aor: 'sip:1001@example.test',
    contact: `sip:1001@192.0.2.${id}`,
    params: '',
    q: 1000,
    expiresAt: 1_900_000_000_000,
  },
  ...{ callId: 'c', cseq: 2 ** 31 - 1, instance: '<urn:uuid:1>', regId: 1, path: ['<sip:a;lr>', '<sip:b;lr>'], nat: true, flow: undefined },
  received: { remote: { protocol: 'tcp', address: '2001:db8::1', port: 5 }, local: { protocol: 'tcp', address: '::', port: 5060 } },
  ...{ userAgent: 'Phone', registeredAt: 1_800_000_000_000, refreshedAt: 1_800_000_000_001 },
  ...changes,
});

let folder: string;
let uow: UnitOfWork;
let reader: DataSource;
const faults: unknown[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bindings-'));
  const options = databaseOptions(join(folder, 'test.sqlite'));
  uow = await UnitOfWork.open(options);
  reader = await new DataSource(readOnly(options)).initialize();
});

afterEach(async () => {
  await reader.destroy();
  await uow.close();
  rmSync(folder, { recursive: true });
});

it('stores, changes and removes bindings as they were given, the last word winning', async () => {
  const writer = new BindingWriter(uow, (error) => faults.push(error), 1);
  for (const id of [1, 2, 3]) writer.save(binding(id));
  writer.save(binding(1, { q: 500, expiresAt: null, received: null, instance: null, regId: null, path: [], nat: false, userAgent: null }));
  writer.remove(3);
  writer.remove(2);
  writer.save(binding(2));
  await writer.drain();
  writer.save(binding(2, { refreshedAt: 1_800_000_000_009 }));
  await writer.drain();
  expect(await readBindings(reader)).toEqual([
    binding(1, { q: 500, expiresAt: null, received: null, instance: null, regId: null, path: [], nat: false, userAgent: null }),
    binding(2, { refreshedAt: 1_800_000_000_009 }),
  ]);
  expect(faults).toEqual([]);
});
