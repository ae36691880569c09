import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

/** 31 failed logins through one peer, each said to come from another address. @returns the codes of the answers */
async function guesses(test: TestApp, peer: string, forwarded: (attempt: number) => string): Promise<number[]> {
  const client = test.visitor(peer);
  const codes = [];
  for (let i = 0; i < 31; i++) {
    const body = { login: `nobody-${peer}-${i}`, password: 'x' };
    codes.push((await client.post('/session', body, { 'x-forwarded-for': forwarded(i) })).status);
  }
  return codes;
}

describe('client address', () => {
  let open: TestApp;
  let behind: TestApp;
  beforeAll(async () => {
    open = await startTestApp();
    behind = await startTestApp({ DIALTONE_TRUST_PROXY: '10.9.0.0/16, 2001:db8::7' });
    await open.admin();
    // No bans, so that the limit is seen; and administrators behind the proxy.
    await (await behind.admin()).patch('/settings', {
      banAfterFailures: 1000,
      adminNetworks: ['127.0.0.0/8', '10.0.0.0/8', '198.51.100.0/24'],
    });
  });
  afterAll(() => Promise.all([open.stop(), behind.stop()]));

  it('is the peer: nobody escapes a limit by X-Forwarded-For', async () => {
    expect((await guesses(open, '10.9.0.1', (i) => `192.0.2.${i}`)).at(-1)).toBe(429);
    expect((await guesses(behind, '10.8.0.1', (i) => `192.0.2.${i}`)).at(-1)).toBe(429);
  });

  it('is whom a trusted proxy was asked by', async () => {
    expect((await guesses(behind, '10.9.0.1', (i) => `198.51.100.${i}`)).at(-1)).toBe(401);
    expect((await guesses(behind, '2001:db8::7', () => '203.0.113.4')).at(-1)).toBe(429);
  });

  it('is the last one the proxy saw, not what the visitor wrote before it', async () => {
    expect((await guesses(behind, '10.9.0.2', (i) => `192.0.2.${i}, 203.0.113.77`)).at(-1)).toBe(429);
  });

  it('is the proxy where it says nothing readable', async () => {
    expect((await guesses(behind, '10.9.0.3', (i) => `unknown-${i}`)).at(-1)).toBe(429);
  });

  it('stands in the session, and the scheme of a trusted proxy makes the cookie Secure', async () => {
    const body = { login: 'anna', password: 'correct horse battery' };
    const headers = { 'x-forwarded-for': '198.51.100.9', 'x-forwarded-proto': 'https' };
    const trusted = await behind.visitor('10.9.0.4').post('/session', body, headers);
    expect(String(trusted.headers['set-cookie'])).toContain('; Secure');
    const other = await behind.visitor('10.8.0.4').post('/session', body, headers);
    expect(String(other.headers['set-cookie'])).not.toContain('; Secure');
  });
});
