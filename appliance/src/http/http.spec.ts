import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exec } from '../exec.ts';
import { Refusal } from '../problem.ts';
import { escapeHtml, statusPage } from '../recovery/page.ts';
import { CodeGate } from '../recovery/status-page.ts';
import { SettingsFile } from '../settings-file.ts';
import { textsIn } from '../texts/texts.ts';
import { answer, body, type Route } from './json-server.ts';

describe('the host socket', () => {
  let server: Server;
  const routes: Route[] = [
    { method: 'GET', path: '/state', run: async ({ query }) => ({ query }) },
    { method: 'POST', path: '/ban', run: body(z.strictObject({ address: z.ipv4() }), async ({ address }) => ({ address })) },
    { method: 'DELETE', path: '/bans/:address', run: async ({ parameter }) => (parameter === 'none' ? undefined : { parameter }) },
    { method: 'POST', path: '/no', run: () => Promise.reject(new Refusal(409, 'not-now', 'Not now.')) },
    { method: 'POST', path: '/broken', run: () => Promise.reject(new Error('broken')) },
  ];
  const call = (
    method: string,
    path: string,
    text?: string,
  ): Promise<{ status: number | undefined; type: string | undefined; body: unknown }> =>
    new Promise((resolve, reject) => {
      const r = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', method, path }, (response) => {
        let all = '';
        response.on('data', (chunk) => {
          all += String(chunk);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, type: response.headers['content-type'], body: all ? JSON.parse(all) : undefined }),
        );
      });
      r.on('error', reject);
      r.end(text);
    });

  beforeAll(async () => {
    server = createServer((q, s) => void answer(routes, q, s));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('answers by its table', async () => {
    expect(await call('GET', '/state?unit=a')).toMatchObject({ status: 200, body: { query: { unit: 'a' } } });
    expect(await call('DELETE', `/bans/${encodeURIComponent('2001:db8::/64')}`)).toMatchObject({ body: { parameter: '2001:db8::/64' } });
    expect(await call('DELETE', '/bans/none')).toMatchObject({ status: 204, body: undefined });
    expect(await call('POST', '/ban', '{"address":"192.0.2.1"}')).toMatchObject({ status: 200 });
  });

  it('refuses in problem documents', async () => {
    expect(await call('POST', '/ban', '{"address":"x","more":1}')).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { code: 'invalid' },
    });
    expect(await call('POST', '/ban', '{')).toMatchObject({ status: 400 });
    expect(await call('POST', '/ban', `"${'x'.repeat(600_000)}"`)).toMatchObject({ status: 413 });
    expect(await call('GET', '/nothing')).toMatchObject({ status: 404 });
    expect(await call('PUT', '/state')).toMatchObject({ status: 405 });
    expect(await call('POST', '/no')).toMatchObject({ status: 409, body: { status: 409, code: 'not-now', detail: 'Not now.' } });
    expect(await call('POST', '/broken')).toMatchObject({ status: 500, body: { code: 'host-failed' } });
  });
});

describe('the status page (A-20)', () => {
  it('hears nobody for a minute after five wrong codes', () => {
    let now = 0;
    const gate = new CodeGate('ABCD-2345', () => now);
    gate.check(' abcd2345 ');
    const codeOf = (typed: string | null) => {
      try {
        gate.check(typed);
        return '';
      } catch (error) {
        return error instanceof Refusal ? error.code : 'fault';
      }
    };
    expect([null, '', 'ABCD-2346', 'A', 'x'.repeat(1000)].map(codeOf)).toEqual(Array(5).fill('code-wrong'));
    expect(codeOf('ABCD-2345')).toBe('too-many');
    now = 61_000;
    expect(codeOf('ABCD-2345')).toBe('');
  });

  it('writes what comes from disks as text', () => {
    expect(escapeHtml('<b>"&\'')).toBe('&lt;b&gt;&quot;&amp;&#39;');
    const state = {
      state: 'missing' as const,
      demo: false,
      version: '1',
      buildId: '',
      hostname: 'h',
      disk: null,
      fsck: { outcome: 'none' as const, exitCode: null, summary: '' },
      candidates: [],
      problem: '',
      unattendedFaults: [],
      applianceId: null,
      server: { running: false, refusal: '' },
    };
    const html = statusPage(
      { state, server: 'stopped', busy: undefined, problem: '', troubles: ['sda1 <script>'], notice: '' },
      textsIn('en'),
    );
    expect(html).toContain('Data disk not found');
    expect(html).toContain('sda1 &lt;script&gt;');
    expect(html).toContain('/actions');
    expect(html).not.toContain('<script');
  });
});

describe('programs', () => {
  it('are given arguments and no shell', async () => {
    expect((await exec('printf', ['%s|%s', 'a b', '$(id); `id`'])).stdout).toBe('a b|$(id); `id`');
    expect((await exec('cat', [], { input: 'text' })).stdout).toBe('text');
  });

  it('fail with what they said, unless the code is expected', async () => {
    await expect(exec('ls', ['/nothing-there'])).rejects.toMatchObject({
      program: 'ls',
      code: 2,
      message: expect.stringContaining('nothing-there'),
    });
    expect((await exec('false', [], { ok: [0, 1] })).code).toBe(1);
    await expect(exec('no-such-program', [])).rejects.toMatchObject({ code: null });
    await expect(exec('sleep', ['5'], { timeout: 50 })).rejects.toThrow('took longer');
  });
});

describe('a settings file', () => {
  const schema = z.strictObject({ a: z.int() });

  it('keeps what was set before there was a disk, unless the disk knows better', async () => {
    const root = await mkdtemp(join(tmpdir(), 'dialtone-settings-'));
    const keeper = { ready: false };
    const create = () => new SettingsFile('x.json', schema, { a: 0 }, keeper, root);
    const file = create();
    await file.save({ a: 1 });
    await expect(stat(join(root, 'system/x.json'))).rejects.toThrow('ENOENT');
    keeper.ready = true;
    await file.load();
    expect(JSON.parse(await readFile(join(root, 'system/x.json'), 'utf8'))).toEqual({ a: 1 });
    expect((await stat(join(root, 'system/x.json'))).mode & 0o777).toBe(0o600);
    const next = create();
    keeper.ready = false;
    await next.save({ a: 2 });
    keeper.ready = true;
    await next.load();
    expect(next.value).toEqual({ a: 1 });
    await rm(root, { recursive: true });
  });

  it('forgets what was meant for a system that did not come to be', async () => {
    const root = await mkdtemp(join(tmpdir(), 'dialtone-settings-'));
    const keeper = { ready: false };
    const file = new SettingsFile('x.json', schema, { a: 0 }, keeper, root);
    await file.save({ a: 1 });
    file.forget();
    keeper.ready = true;
    await file.load();
    expect(file.value).toEqual({ a: 0 });
    await expect(stat(join(root, 'system/x.json'))).rejects.toThrow('ENOENT');
    await rm(root, { recursive: true });
  });
});
