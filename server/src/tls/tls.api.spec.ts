import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { CertificateStore } from './certificate-store.ts';
import { ChallengeResponses } from './challenge-responses.ts';
import { HttpsListener } from './https-listener.ts';
import { certificateAuthority } from './testing.ts';

let house: TestApp;
let admin: TestClient;
let https: AddressInfo;

beforeAll(async () => {
  house = await startTestApp({ DIALTONE_HTTPS: '127.0.0.1:0', DIALTONE_SIP: 'udp:127.0.0.1:0,tls:127.0.0.1:0' });
  admin = await house.admin();
  https = await house.app.get(HttpsListener).listen(house.app.getHttpAdapter().getInstance(), { host: '127.0.0.1', port: 0 });
});
afterAll(() => house.stop());

/** What a TLS client is shown. */
function shownTo(port: number): Promise<{ fingerprint: string; protocol: string | null }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve({ fingerprint: socket.getPeerCertificate().fingerprint256, protocol: socket.getProtocol() });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

interface SecureAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: unknown } = {}): Promise<SecureAnswer> {
  const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
  const headers = { ...options.headers, ...(payload !== undefined && { 'content-type': 'application/json' }) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: https.port, path, method: options.method ?? 'GET', headers, rejectUnauthorized: false },
      (answer) => {
        let body = '';
        answer.on('data', (chunk) => {
          body += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

const sipTlsPort = async (): Promise<number> => Number((await admin.get('/certificates')).body.sipTls[0].split(':').at(-1));

describe('certificates', () => {
  it('start with one of our own, for the names and addresses of the machine', async () => {
    const { body } = await admin.get('/certificates');
    expect(body).toMatchObject({ shown: 'self-signed', wanted: 'self-signed', https: { port: https.port } });
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({ selfSigned: true, keyType: 'EC prime256v1' });
    expect(body.items[0].names).toEqual(expect.arrayContaining(['dialtone.local', 'localhost', 'dialtone.test', '127.0.0.1']));
    expect((await shownTo(https.port)).fingerprint).toBe(body.items[0].fingerprint);
    expect((await shownTo(await sipTlsPort())).fingerprint).toBe(body.items[0].fingerprint);
  });

  it('keep their keys to themselves', async () => {
    const folder = `${house.dataDir}/tls/self-signed`;
    expect((await stat(`${folder}/key.pem`)).mode & 0o777).toBe(0o600);
    const key = await readFile(`${folder}/key.pem`, 'utf8');
    const state = JSON.stringify((await admin.get('/certificates')).body);
    expect(state).not.toContain('PRIVATE');
    expect(state).not.toContain(key.split('\n')[1]);
  });

  it('can be brought, and are shown at once, by pages and SIP alike', async () => {
    const ca = await certificateAuthority();
    const { cert, key } = await ca.issue(['phone.example.org']);
    const { status, body } = await admin.put('/certificates/uploaded', { certificate: cert, key });
    expect([status, body.shown, body.wanted]).toEqual([200, 'uploaded', 'uploaded']);
    const mine = body.items.find((item: { source: string }) => item.source === 'uploaded');
    expect(mine).toMatchObject({ selfSigned: false, names: ['phone.example.org'] });
    expect((await shownTo(https.port)).fingerprint).toBe(mine.fingerprint);
    expect((await shownTo(await sipTlsPort())).fingerprint).toBe(mine.fingerprint);
    expect((await stat(`${house.dataDir}/tls/uploaded/key.pem`)).mode & 0o777).toBe(0o600);
    const { body: audit } = await admin.get('/audit?entity=certificate');
    expect(JSON.stringify(audit)).not.toContain('PRIVATE KEY');
    expect(audit.items[0]).toMatchObject({ action: 'certificate.upload' });

    expect((await admin.put('/certificates/shown', { source: 'self-signed' })).body.shown).toBe('self-signed');
    expect((await shownTo(https.port)).fingerprint).not.toBe(mine.fingerprint);
    expect((await admin.put('/certificates/shown', { source: 'acme' })).status).toBe(404);
    await admin.put('/certificates/shown', { source: 'uploaded' });
    const after = await admin.delete('/certificates/uploaded');
    expect([after.body.shown, after.body.items.length]).toEqual(['self-signed', 1]);
  });

  it.each([
    [
      'no certificate',
      async () => ({ certificate: 'nonsense', key: (await (await certificateAuthority()).issue(['a.example.org'])).key }),
      'certificate-unreadable',
    ],
    [
      'the key of another',
      async () => ({
        certificate: (await (await certificateAuthority()).issue(['a.example.org'])).cert,
        key: (await (await certificateAuthority()).issue(['a.example.org'])).key,
      }),
      'key-mismatch',
    ],
    [
      'one that has run out',
      async () => pair(await (await certificateAuthority()).issue(['a.example.org'], { notAfter: Date.now() - 1000 })),
      'certificate-expired',
    ],
    [
      'a foreign chain',
      async () => {
        const { cert, key } = await (await certificateAuthority()).issue(['a.example.org']);
        return { certificate: cert + (await certificateAuthority()).cert, key };
      },
      'chain-broken',
    ],
  ])('refuse %s in words', async (_, make, code) => {
    const { status, body } = await admin.put('/certificates/uploaded', await make());
    expect([status, body.errors[0].code]).toEqual([400, code]);
    expect(body.detail.length).toBeGreaterThan(20);
    expect((await admin.get('/certificates')).body.shown).toBe('self-signed');
  });

  it('are made anew on wish', async () => {
    const before = (await admin.get('/certificates')).body.items[0].fingerprint;
    const { body } = await admin.post('/certificates/self-signed', {});
    expect(body.items[0].fingerprint).not.toBe(before);
    expect((await shownTo(https.port)).fingerprint).toBe(body.items[0].fingerprint);
  });

  it('an order needs public names and accepted terms', async () => {
    const order = { names: ['phone.example.org'], email: null, termsAccepted: true };
    for (const wrong of [
      { names: ['10.0.0.1'] },
      { names: ['dialtone.local'] },
      { names: ['phone'] },
      { names: [] },
      { termsAccepted: false },
      { directoryUrl: 'http://x.example' },
    ])
      expect((await admin.put('/certificates/acme', { ...order, ...wrong })).status, JSON.stringify(wrong)).toBe(400);
  });

  it('an order that fails says why, and what was shown stays', async () => {
    const before = (await admin.get('/certificates')).body.items[0].fingerprint;
    const order = { names: ['phone.example.org'], email: null, termsAccepted: true, directoryUrl: 'https://127.0.0.1:47999/dir' };
    expect((await admin.put('/certificates/acme', order)).status).toBe(202);
    await expect
      .poll(async () => (await admin.get('/certificates')).body.acme, { timeout: 20_000 })
      .toMatchObject({ running: false, lastRun: { result: 'failed' } });
    const { acme, shown, items } = (await admin.get('/certificates')).body;
    expect(acme.lastRun.message).toContain('cannot be reached');
    expect([shown, items[0].fingerprint]).toEqual(['self-signed', before]);
    expect((await admin.delete('/certificates/acme')).body.acme).toMatchObject({ names: [], termsAccepted: false });
  });
});

describe('pages over TLS', () => {
  it('speak TLS 1.2 and later only', async () => {
    expect((await shownTo(https.port)).protocol).toBe('TLSv1.3');
    await expect(
      new Promise((resolve, reject) => {
        const socket = connect(
          {
            host: '127.0.0.1',
            port: https.port,
            rejectUnauthorized: false,
            minVersion: 'TLSv1.1',
            maxVersion: 'TLSv1.1',
            ciphers: 'DEFAULT@SECLEVEL=0',
          },
          () => resolve('open'),
        );
        socket.on('error', reject);
      }),
    ).rejects.toThrow();
  });

  it('are the same pages, with a Secure cookie, and no promise while the certificate is our own', async () => {
    const info = await ask('/api/v1/public/info');
    expect([info.status, info.headers['strict-transport-security']]).toEqual([200, undefined]);
    const headers = { host: 'dialtone.test', origin: 'https://dialtone.test', 'x-dialtone-request': '1' };
    const login = await ask('/api/v1/session', { method: 'POST', headers, body: { login: 'anna', password: 'correct horse battery' } });
    expect(login.status).toBe(200);
    expect(String(login.headers['set-cookie'])).toMatch(/; Secure/);
    expect(String(login.headers['set-cookie'])).toMatch(/; HttpOnly/);
    const forged = await ask('/api/v1/session', {
      method: 'POST',
      headers: { ...headers, origin: 'http://dialtone.test' },
      body: { login: 'anna', password: 'x' },
    });
    expect([forged.status, JSON.parse(forged.body).code]).toEqual([403, 'foreign-request']);
  });

  it('promise to stay once the certificate is one that browsers trust', async () => {
    const { cert, key } = await (await certificateAuthority()).issue(['phone.example.org']);
    await admin.put('/certificates/uploaded', { certificate: cert, key });
    expect((await ask('/api/v1/public/info')).headers['strict-transport-security']).toBe('max-age=15552000');
    expect((await admin.get('/public/info')).headers['strict-transport-security']).toBeUndefined();
    await admin.delete('/certificates/uploaded');
  });

  it('are where plain http leads, but not from the machine itself', async () => {
    const far = house.visitor('192.168.7.7');
    const led = await far.call('GET', '//api/v1/public/info?x=1');
    expect([led.status, led.headers.location]).toEqual([307, `https://dialtone.test:${https.port}/api/v1/public/info?x=1`]);
    expect((await house.visitor().get('/public/info')).status).toBe(200);
  });

  it('leave an authority and, with a certificate of our own, a phone on plain http', async () => {
    const far = house.visitor('192.168.7.7');
    house.app.get(ChallengeResponses).put('tok-1', 'tok-1.print');
    const proof = await far.call('GET', '//.well-known/acme-challenge/tok-1');
    expect([proof.status, proof.body]).toEqual([200, 'tok-1.print']);
    expect((await far.call('GET', '//.well-known/acme-challenge/tok-2')).status).toBe(404);
    expect((await far.call('GET', '//api/v1/provision/nothing')).status).not.toBe(307);
    const ca = await certificateAuthority();
    const { cert, key } = await ca.issue(['phone.example.org']);
    await house.app.get(CertificateStore).put('uploaded', { cert, key });
    house.app.get(CertificateStore).use('uploaded');
    expect((await far.call('GET', '//api/v1/provision/nothing')).status).toBe(307);
    house.app.get(CertificateStore).use('self-signed');
  });
});

const pair = ({ cert, key }: { cert: string; key: string }) => ({ certificate: cert, key });
