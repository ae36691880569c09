import assert from 'node:assert/strict';
import { existsSync, openAsBlob, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey, hashFile, signHash } from '../../../iso-build/lib/minisign.ts';
import type { Json } from '../../support/api.ts';
import { Appliance } from '../support/appliance.ts';
import { companyOf, type Scenario } from '../support/scenario.ts';
import { readyForTheNext } from '../support/shut-down.ts';

/** A new image is looked at before somebody boots it: only a genuine one is called so. */
export const signatures: Scenario = {
  name: 'signatures',
  rows: 'gate (h): wrong and missing signature refused; A-14',
  short: false,
  after: ['upgrade'],
  async run(bench) {
    const company = await companyOf(bench, 'signatures');
    const image = bench.images.current;
    assert.ok(existsSync(`${image}.minisig`), 'the image is signed');
    const genuine = readFileSync(`${image}.minisig`, 'utf8');
    const other = join(bench.folder, 'other.iso');
    writeFileSync(other, 'no image at all');
    const appliance = await Appliance.boot({
      name: 'signatures',
      boot: { cd: image },
      firmware: 'bios',
      disks: [{ file: company.disk, serial: 'DATA-0001' }],
      ports: company.ports,
    });
    try {
      await appliance.running();
      await appliance.logIn();
      const check = async (file: string, signature?: string): Promise<Json> => {
        const form = new FormData();
        if (signature !== undefined) form.append('signature', signature);
        form.append('file', await openAsBlob(file), 'dialtone.iso');
        return appliance.api.post('/update/check', form);
      };
      assert.deepEqual(pick(await check(other)), { ok: false, code: 'missing' });
      assert.deepEqual(pick(await check(other, genuine)), { ok: false, code: 'changed' });
      const foreign = signHash(
        hashFile(other),
        generateKey(),
        `dialtone-${bench.images.nextVersion}-amd64.iso: Dialtone ${bench.images.nextVersion}, build 0123456789abcdef`,
      );
      assert.deepEqual(pick(await check(other, foreign)), { ok: false, code: 'other-key' });
      const good = await check(image, genuine);
      assert.deepEqual(pick(good), { ok: true, code: null }, JSON.stringify(good));
      bench.proven('images: no signature, the signature of another file and another key are refused; the genuine one is good');
      await readyForTheNext(appliance);
    } finally {
      await appliance.machine.powerCut();
    }
  },
};

const pick = ({ ok, code }: Json) => ({ ok, code });
