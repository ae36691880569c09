import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SipNode } from '../calls/sip-node.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import type { BanEnforcer } from './ban-enforcer.ts';
import { BanList } from './ban-list.ts';
import { BansService } from './bans.service.ts';

let house: TestApp;
let admin: TestClient;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  await admin.patch('/settings', { banAfterFailures: 5 });
});
afterAll(() => house.stop());

/** What the firewall is told. */
class Recorder implements BanEnforcer {
  readonly told: string[] = [];
  async ban(address: string, _seconds: number, reason: string): Promise<void> {
    this.told.push(`ban ${address} ${reason}`);
  }
  async unban(address: string): Promise<void> {
    this.told.push(`unban ${address}`);
  }
}

const guess = async (address: string, times: number): Promise<number[]> => {
  const codes = [];
  for (let i = 0; i < times; i++) codes.push((await house.visitor(address).post('/session', { login: `x${i}`, password: 'guess' })).status);
  return codes;
};
const bans = async () =>
  (await admin.get('/bans')).body.items as { id: number; address: string; reason: string; failures: number; actor: string | null }[];

describe('an address that guesses passwords', () => {
  it('on the pages is banned after so many, and told so on every path', async () => {
    expect(await guess('203.0.113.1', 6)).toEqual([401, 401, 401, 401, 401, 403]);
    const visitor = house.visitor('203.0.113.1');
    const told = await visitor.get('/public/info');
    expect([told.status, told.body.code]).toEqual([403, 'banned']);
    expect(Number(told.headers['retry-after'])).toBeGreaterThan(3500);
    expect((await visitor.call('GET', '//')).status).toBe(403);
    const stored = { address: '203.0.113.1', reason: 'web-login', failures: 5, actor: null };
    await expect.poll(bans).toMatchObject([stored]);
    expect((await house.visitor('203.0.113.2').get('/public/info')).status).toBe(200);
  });

  it('of SIP is banned too, with the network of 64 bits where it is IPv6', async () => {
    const failed = house.app.get(BansService);
    for (let i = 0; i < 5; i++) failed.failed(`2001:db8:0:1::${i}`, 'sip-password');
    expect(house.app.get(BanList).has('2001:db8:0:1:ffff::1')).toBe(true);
    expect(house.app.get(BanList).has('2001:db8:0:2::1')).toBe(false);
    await expect.poll(async () => (await bans()).map((ban) => ban.address)).toContain('2001:db8:0:1::/64');
    expect(house.app.get(SipNode).stats().transport.banned).toBe(0);
  });

  it('with a wrong token is one of them', async () => {
    for (let i = 0; i < 5; i++) await house.visitor('203.0.113.3').get('/settings', { authorization: 'Bearer wrong' });
    expect((await house.visitor('203.0.113.3').get('/public/info')).status).toBe(403);
  });

  it('is never banned in a network of administrators, on this machine, or at a gateway', async () => {
    expect((await guess('192.168.3.3', 8)).every((code) => code === 401)).toBe(true);
    expect((await guess('127.0.0.1', 8)).every((code) => code === 401)).toBe(true);
    await admin.post('/gateways', {
      name: 'carrier',
      host: '198.51.100.4',
      prefix: '00',
      sources: ['198.51.100.5:5060', '198.51.100.64/28'],
      probe: false,
    });
    for (const address of ['198.51.100.4', '198.51.100.5', '198.51.100.70']) {
      expect(
        (await guess(address, 8)).every((code) => code === 401),
        address,
      ).toBe(true);
      expect((await admin.post('/bans', { address })).body.code).toBe('ban-exempt');
    }
  });

  it('is free again when the network becomes one of administrators, or the address a gateway', async () => {
    await guess('203.0.113.11', 5);
    await guess('203.0.113.12', 5);
    expect(house.app.get(BanList).has('203.0.113.11')).toBe(true);
    const before = (await admin.get('/settings')).body.adminNetworks;
    await admin.patch('/settings', { adminNetworks: [...before, '203.0.113.11'] });
    await expect.poll(() => house.app.get(BanList).has('203.0.113.11')).toBe(false);
    await admin.post('/gateways', { name: 'other', host: '203.0.113.12', prefix: '01', probe: false });
    await expect.poll(() => house.app.get(BanList).has('203.0.113.12')).toBe(false);
  });
});

describe('an operator', () => {
  it('bans, is told when he may not, and forgives', async () => {
    const made = await admin.post('/bans', { address: '203.0.113.50', seconds: 600, note: 'scans us' });
    expect([made.status, made.body]).toMatchObject([201, { reason: 'by-hand', note: 'scans us', actor: 'admin:anna' }]);
    expect(Date.parse(made.body.expiresAt) - Date.parse(made.body.createdAt)).toBeCloseTo(600_000, -2);
    expect((await admin.post('/bans', { address: '203.0.113.50' })).body.code).toBe('already-banned');
    expect((await admin.post('/bans', { address: '127.0.0.1' })).body.code).toBe('ban-exempt');
    for (const address of ['nobody', '203.0.113.0/24', 'fe80::1%eth0']) expect((await admin.post('/bans', { address })).status).toBe(400);
    expect((await house.visitor('203.0.113.50').get('/public/info')).status).toBe(403);
    expect((await admin.get('/bans?q=scans')).body.total).toBe(1);
    expect((await admin.delete(`/bans/${made.body.id}`)).status).toBe(204);
    expect((await admin.delete(`/bans/${made.body.id}`)).status).toBe(404);
    expect((await house.visitor('203.0.113.50').get('/public/info')).status).toBe(200);
    const { body } = await admin.get('/audit?entity=ban');
    expect(body.items.map((entry: { action: string }) => entry.action)).toEqual(expect.arrayContaining(['ban.create', 'ban.delete']));
  });
});

describe('bans', () => {
  it('are handed on to the firewall: those there are, and each change', async () => {
    const firewall = new Recorder();
    await house.app.get(BansService).enforceWith(firewall);
    expect(firewall.told).toContain('ban 203.0.113.1 web-login');
    const { body } = await admin.post('/bans', { address: '203.0.113.60' });
    await admin.delete(`/bans/${body.id}`);
    expect(firewall.told.slice(-2)).toEqual(['ban 203.0.113.60 by-hand', 'unban 203.0.113.60']);
  });

  it('end by themselves', async () => {
    const { body } = await admin.post('/bans', { address: '203.0.113.70', seconds: 60 });
    const later = Date.parse(body.expiresAt) + 1;
    expect(await house.app.get(BansService).removeExpired(later)).toBe(1);
    expect((await bans()).map((ban) => ban.address)).not.toContain('203.0.113.70');
  });
});
