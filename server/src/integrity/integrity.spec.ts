import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownSystem } from '../host/own-system.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { checkSums, readSums } from './check-sums.ts';

const FILES = { 'live/b1/filesystem.squashfs': 'x'.repeat(2_500_000), 'live/b1/vmlinuz': 'kernel', 'live/b1/initrd.img': 'ramdisk' };

async function medium(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dialtone-medium-'));
  await mkdir(join(folder, 'live/b1'), { recursive: true });
  let sums = '';
  for (const [name, content] of Object.entries(FILES)) {
    await writeFile(join(folder, name), content);
    sums += `${createHash('sha256').update(content).digest('hex')}  ${name}\n`;
  }
  await writeFile(join(folder, 'SHA256SUMS'), sums);
  return folder;
}

describe('checkSums (A-15)', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await medium();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('finds a medium as it was made', () => {
    expect(checkSums(folder, '')).toEqual({ good: 3, bytes: 2_500_013, bad: [] });
  });

  it('names what is damaged, what is gone, and a list that is not signed', async () => {
    await writeFile(join(folder, 'live/b1/filesystem.squashfs'), `${'x'.repeat(2_499_999)}y`);
    await rm(join(folder, 'live/b1/initrd.img'));
    expect(checkSums(folder, '').bad).toEqual(['live/b1/filesystem.squashfs', 'live/b1/initrd.img']);
    expect(checkSums(folder, 'RWQ').bad[0]).toBe('SHA256SUMS');
    expect(() => checkSums(join(folder, 'live'), '')).toThrow('no list');
  });

  it('follows no path out of the medium', () => {
    const sum = 'a'.repeat(64);
    for (const name of ['/etc/passwd', '../x', 'live/../../x']) expect(() => readSums(`${sum}  ${name}\n`)).toThrow();
    expect(() => readSums('rubbish')).toThrow();
  });
});

describe('the weekly look', () => {
  let test: TestApp;
  let folder: string;
  let agent: Server;
  beforeAll(async () => {
    folder = await medium();
    const system = { ...(await ownSystem()), bootMedium: { device: 'sr0', inMemory: false, mountPoint: folder } };
    agent = createServer((request, response) => {
      response.writeHead(request.url === '/system' ? 200 : 500, { 'content-type': 'application/json' }).end(JSON.stringify(system));
    });
    await new Promise<void>((resolve) => agent.listen(join(folder, 'host.sock'), resolve));
    test = await startTestApp({ DIALTONE_HOST_SOCKET: join(folder, 'host.sock') });
  });
  afterAll(async () => {
    await test.stop();
    await new Promise((resolve) => agent.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('reads in a thread of its own, and tells of damage on every page and by mail, once', async () => {
    const admin = await test.admin();
    await admin.post('/admins', { login: 'berta', name: 'Berta', email: 'berta@example.org', password: 'a long enough password' });
    const run = async () => {
      await admin.post('/jobs/integrity/run');
      for (;;) {
        const { items } = (await admin.get('/jobs')).body;
        const job = items.find((each: { name: string }) => each.name === 'integrity');
        if (!job.running && job.lastRun) return job.lastRun;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    expect((await admin.get('/integrity')).body).toMatchObject({ appliance: true, checkedAt: null });
    expect(await run()).toMatchObject({ result: 'ok', message: '3 files of the medium, 3 MB, are as they were made.' });
    expect((await admin.get('/integrity')).body).toMatchObject({ files: 3, bad: [], running: false, checkedAt: expect.any(String) });

    await writeFile(join(folder, 'live/b1/vmlinuz'), 'kernal');
    expect(await run()).toMatchObject({ result: 'warning' });
    await run();
    expect((await admin.get('/integrity')).body.bad).toEqual(['live/b1/vmlinuz']);
    expect((await admin.get('/alarms')).body.items).toMatchObject([{ code: 'image-damaged', params: { files: 'live/b1/vmlinuz' } }]);
    const mails = (await admin.get('/outbox?q=damaged')).body.items;
    expect(mails).toMatchObject([{ to: 'berta@example.org', template: 'alarm' }]);

    await writeFile(join(folder, 'live/b1/vmlinuz'), 'kernel');
    await run();
    expect((await admin.get('/alarms')).body.items).toEqual([]);
  });
});
