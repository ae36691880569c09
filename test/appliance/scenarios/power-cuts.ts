import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Person } from '../../support/provision.ts';
import { sleep } from '../../support/wait.ts';
import { copyDisk } from '../machine/disk.ts';
import { WriteLog } from '../machine/write-log.ts';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import { ABROAD, addSubscriber, callTo, carrier } from '../support/company.ts';
import { type Bench, type Company, companyOf, type Scenario } from '../support/scenario.ts';

const CALLS = 12;
const CUTS = 20;

/** What was certain at a moment: so many records were there when the log of writes had this length. */
interface Certain {
  readonly log: number;
  readonly records: number;
}

/** Paid calls and bookings while every write is noted; then the plug is pulled at many moments of that hour, in the laboratory. */
export const powerCuts: Scenario = {
  name: 'power-cuts',
  rows: 'gate (a): power cuts during writes, fsck clean, money whole',
  short: false,
  after: ['upgrade'],
  async run(bench) {
    const company = await companyOf(bench, 'power-cuts');
    const before = join(bench.folder, 'before-cuts.raw');
    const log = join(bench.folder, 'writes.log');
    await copyDisk(company.disk, before);
    writeFileSync(log, '');
    const certain = await workDay(bench, company, log);
    const writes = new WriteLog(log);
    assert.ok(writes.entries.length > 10 * CUTS, `${writes.entries.length} writes in the log`);
    // Spread over all writes, never twice the same, and the same in every run: a fault can be looked at again.
    const random = generator(20_261_121);
    const moments = writes.moments;
    for (let cut = 0; cut < CUTS; cut++) {
      const moment = moments[Math.floor(((cut + random()) / CUTS) * moments.length)] ?? 0;
      const disk = join(bench.folder, 'cut.raw');
      await copyDisk(before, disk);
      writes.apply(disk, moment, () => random() < 0.5);
      const atLeast = certain.findLast(({ log: length }) => length <= moment)?.records ?? 0;
      await inspect(disk, (database) => {
        const records = database.number('SELECT COUNT(*) FROM cdrs');
        assert.ok(records >= atLeast, `${records} records after the cut, ${atLeast} were settled before it`);
      }).catch((error: Error) => {
        throw new Error(`Power cut ${cut} at byte ${moment} of the log: ${error.message}`);
      });
    }
    bench.proven(
      `${CUTS} power cuts among ${writes.entries.length} writes: fsck clean, database whole, books balance, no settled call lost`,
    );
  },
};

async function workDay(bench: Bench, company: Company, log: string): Promise<Certain[]> {
  const appliance = await Appliance.boot({
    name: 'power-cuts',
    boot: { cd: bench.images.current },
    firmware: 'bios',
    disks: [{ file: company.disk, serial: 'DATA-0001', writeLog: log }],
    ports: company.ports,
  });
  const certain: Certain[] = [];
  try {
    await appliance.running();
    await appliance.logIn();
    const caller: Person = await addSubscriber(appliance, '70100', { groups: ['local', 'int'], balance: '50.00' });
    for (let call = 0; call < CALLS; call++) {
      const far = await carrier(company.carrierPort);
      const near = await callTo(appliance, 'call', caller, ABROAD, { more: ['-d', '700'] });
      await appliance.api.post(
        `/subscribers/${caller.id}/credit`,
        { amount: '0.50', reason: 'cash' },
        { 'idempotency-key': `cuts-${call}` },
      );
      await Promise.all([near.finished(), far.finished()]);
      await sleep(500);
      const { total } = await appliance.api.get('/calls');
      certain.push({ log: statSync(log).size, records: total });
    }
    assert.ok(certain.length === CALLS);
  } finally {
    await appliance.machine.powerCut();
  }
  return certain;
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
