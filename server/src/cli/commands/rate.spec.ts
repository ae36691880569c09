import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../../testing/test-app.ts';
import { buildProgram } from '../program.ts';

let test: TestApp;
let folder: string;
let url: string;
let said = '';

beforeAll(async () => {
  test = await startTestApp();
  await test.admin();
  await test.app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(test.app.getHttpServer().address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'dialtone-cli-'));
});
afterAll(async () => {
  await test.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => vi.restoreAllMocks());

async function dialtone(...words: string[]): Promise<string> {
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    said += chunk.toString();
    const done = rest.find((one) => typeof one === 'function');
    done?.();
    return true;
  });
  try {
    await buildProgram('test').parseAsync(['node', 'dialtone', '--data', test.dataDir, '--url', url, 'rate', ...words]);
  } finally {
    vi.restoreAllMocks();
  }
  return said;
}
const csv = async (name: string, text: string) => {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
};

describe('dialtone rate', () => {
  it('import checks, imports, exports and looks up', async () => {
    const file = await csv('rates.csv', 'prefix,name,price\n44,United Kingdom,0.0120\n54,Argentina,0.03942\n');
    expect(await dialtone('import', file, '--dry-run')).toContain('2 rows checked against Standard: 2 new');
    await expect(dialtone('lookup', '5411')).rejects.toThrow('no-rate');
    expect(JSON.parse(await dialtone('import', file, '--json'))).toMatchObject({ state: 'done', counts: { create: 2 } });
    expect(await dialtone('lookup', '+54 11 4000', '--seconds', '61')).toMatch(/Argentina[\s\S]*Cost of 61 s +0.0788/);
    const out = join(folder, 'out.csv');
    await dialtone('export', '--out', out);
    expect(await readFile(out, 'utf8')).toBe(await dialtone('export'));
    expect(await dialtone('import', out, '--replace')).toContain('0 new, 0 changed, 2 the same, 0 deleted');
  });

  it('import names the columns it leaves out', async () => {
    const file = await csv('more.csv', 'prefix,name,price,surcharge,connect\n46,Sweden,0.01,0.30,0.05\n');
    const text = await dialtone('import', file, '--dry-run');
    expect(text).toContain('Columns not read: surcharge\n');
    expect(await dialtone('import', await csv('known.csv', 'prefix,name,price\n46,Sweden,0.01\n'), '--dry-run')).not.toContain('not read');
  });

  it('import names the wrong rows, changes nothing and leaves no import open', async () => {
    const file = await csv('bad.csv', 'prefix,name,price\n44 7,UK,0.01\n33,France,0.02\n33,France,0.03\n');
    await expect(dialtone('import', file)).rejects.toThrow('1 row is wrong; nothing was changed');
    expect(said).toContain('row 2, prefix: expected digits, found 44 7');
    expect(said).toContain('33 in row 3 and row 4');
    await expect(dialtone('import', await csv('vague.csv', 'a,b\nc,d\n'))).rejects.toThrow('name them prefix and price');
    await expect(dialtone('import', await csv('empty.csv', ''))).rejects.toThrow('empty');
    await expect(dialtone('import', file, '--tariff', 'Nobody')).rejects.toThrow('There are: Standard');
    const items = (await (await test.commandLine()).get('/rate-imports')).body.items as { state: string }[];
    expect(items.filter((job) => !['done', 'cancelled'].includes(job.state))).toEqual([]);
    await expect(dialtone('lookup', '331')).rejects.toThrow('no-rate');
  });
});
