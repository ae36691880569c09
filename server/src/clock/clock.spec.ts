import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AlarmsService } from '../alarms/alarms.service.ts';
import type { AuditService } from '../audit/audit.service.ts';
import type { AccountCharging } from '../billing/account-charging.ts';
import { HostClient } from '../host/host-client.ts';
import type { Principal } from '../http/index.ts';
import { builtAt } from './built-at.ts';
import { ClockGuard } from './clock-guard.ts';
import { ClockWatch } from './clock-watch.ts';

const BUILT = Date.parse('2026-11-01T00:00:00Z');
const START = Date.parse('2026-11-21T12:00:00Z');
const MINUTE = 60_000;
const admin = { kind: 'admin', adminId: 1, login: 'anna', name: 'Anna', sessionId: 1 } satisfies Principal;

class TwoClocks {
  now = START;
  ran = 1000;
  readonly wall = () => this.now;
  readonly steady = () => this.ran;
  /** Both run; the wall clock perhaps a little wrong. */
  pass(ms: number, drift = 0): void {
    this.now += ms + drift;
    this.ran += ms;
  }
}

describe('ClockWatch (A-25)', () => {
  it('has no doubt of a clock that runs, drifts and is slewed', () => {
    const clocks = new TwoClocks();
    const watch = new ClockWatch(clocks, BUILT);
    for (let i = 0; i < 1000; i++) {
      clocks.pass(5000, 2000);
      expect(watch.look()).toBeUndefined();
    }
  });

  it.each([[5 * MINUTE + 1000], [-5 * MINUTE - 1000], [86_400_000]])('doubts a step of %d ms until it is trusted', (step) => {
    const clocks = new TwoClocks();
    const watch = new ClockWatch(clocks, BUILT);
    clocks.now += step;
    expect(watch.look()).toEqual({ why: 'stepped', stepSeconds: step / 1000 });
    clocks.pass(60 * MINUTE);
    expect(watch.look()).toMatchObject({ why: 'stepped' });
    watch.trust();
    expect(watch.look()).toBeUndefined();
  });

  it('takes a step that is taken back, and small ones, as none', () => {
    const clocks = new TwoClocks();
    const watch = new ClockWatch(clocks, BUILT);
    clocks.now += 10 * MINUTE;
    expect(watch.look()).toBeDefined();
    clocks.now -= 10 * MINUTE;
    expect(watch.look()).toBeUndefined();
    clocks.now += 4 * MINUTE;
    expect(watch.look()).toBeUndefined();
  });

  it('doubts a clock in 1970', () => {
    const clocks = new TwoClocks();
    clocks.now = 0;
    const watch = new ClockWatch(clocks, BUILT);
    expect(watch.look()).toEqual({ why: 'before-build', stepSeconds: 0 });
    watch.trust();
    expect(watch.look()).toMatchObject({ why: 'before-build' });
  });

  it('knows when this version was made even without an image', () => {
    expect(builtAt('/nonexistent')).toBeGreaterThan(Date.parse('2025-11-01T00:00:00Z'));
    expect(builtAt('/nonexistent')).toBeLessThan(Date.now());
  });
});

describe('ClockGuard', () => {
  let clocks: TwoClocks;
  let folder: string;
  let server: Server;
  let time: { synchronised: boolean; jump: number };
  const asked: string[] = [];
  const charging = { blocked: undefined } as unknown as AccountCharging;
  const alarms = { raise: vi.fn(), clear: vi.fn() };
  const audit = { record: vi.fn(async () => undefined) };

  const guardOf = (host: HostClient) =>
    new ClockGuard(alarms as unknown as AlarmsService, audit as unknown as AuditService, charging, host, { builtAt: BUILT, clocks });

  beforeEach(async () => {
    clocks = new TwoClocks();
    charging.blocked = undefined;
    vi.clearAllMocks();
    asked.length = 0;
    time = { synchronised: false, jump: 0 };
    folder = await mkdtemp(join(tmpdir(), 'dialtone-clock-'));
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        if (request.method === 'POST') {
          const before = clocks.now;
          clocks.now = Date.parse((JSON.parse(body) as { now: string }).now);
          time.jump = (clocks.now - before) / 1000;
        }
        const settings = { timeZone: 'Etc/UTC', ntpServers: [] };
        const view = { settings, now: new Date(clocks.now).toISOString(), offset: null, source: 'ntp.example.org', rtc: null };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...view, beforeBuild: false, ...time }));
      });
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 'host.sock'), resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('away from the appliance: blocks paid calls at a step until an administrator confirms the time', async () => {
    const guard = guardOf(new HostClient());
    await guard.look();
    expect(charging.blocked).toBeUndefined();
    clocks.now += 3600_000;
    await guard.look();
    expect(charging.blocked).toBe('clock-not-set');
    expect(alarms.raise).toHaveBeenCalledWith('clock-not-set', expect.objectContaining({ now: '2026-11-21 13:00 UTC' }), {
      level: 'stepped',
    });
    await guard.confirm(admin);
    expect(charging.blocked).toBeUndefined();
    expect(alarms.clear).toHaveBeenCalledWith('clock-not-set');
    expect(audit.record).toHaveBeenCalledWith(admin, 'clock.confirm', 'machine', null, undefined, { time: '2026-11-21T13:00:00.000Z' });
  });

  it('lets nobody confirm a time that cannot be', async () => {
    clocks.now = 0;
    const guard = guardOf(new HostClient());
    await guard.look();
    expect(charging.blocked).toBe('clock-not-set');
    await expect(guard.confirm(admin)).rejects.toMatchObject({ code: 'clock-impossible' });
    await expect(guard.set(1000, admin)).rejects.toMatchObject({ code: 'clock-impossible' });
    expect(charging.blocked).toBe('clock-not-set');
  });

  it('on the appliance: 1970 is over when a time server is followed', async () => {
    clocks.now = 0;
    const guard = guardOf(new HostClient(join(folder, 'host.sock')));
    await guard.look();
    expect(charging.blocked).toBe('clock-not-set');
    clocks.now = START;
    time = { synchronised: false, jump: START / 1000 };
    await guard.look();
    expect(charging.blocked).toBe('clock-not-set');
    time.synchronised = true;
    await guard.look();
    expect(charging.blocked).toBeUndefined();
    expect(guard.status).toMatchObject({ synchronised: true, doubt: undefined, settable: true });
    // The network is gone later: the same old step is no news.
    time.synchronised = false;
    for (let i = 0; i < 30; i++) await guard.look();
    expect(charging.blocked).toBeUndefined();
  });

  it('on the appliance: a step of before this process counts, until somebody confirms it', async () => {
    time.jump = -7200;
    const guard = guardOf(new HostClient(join(folder, 'host.sock')));
    await guard.look();
    expect(guard.status.doubt).toEqual({ why: 'stepped', stepSeconds: -7200 });
    await guard.confirm(admin);
    for (let i = 0; i < 30; i++) await guard.look();
    expect(charging.blocked).toBeUndefined();
  });

  it('on the appliance: sets the clock, with an entry in the audit', async () => {
    clocks.now = 0;
    const guard = guardOf(new HostClient(join(folder, 'host.sock')));
    await guard.look();
    await guard.set(START, admin);
    expect(asked).toContain('POST /time/clock');
    expect(charging.blocked).toBeUndefined();
    await guard.look();
    expect(charging.blocked).toBeUndefined();
    expect(audit.record).toHaveBeenCalledWith(admin, 'clock.set', 'machine', null, { time: '1970-01-01T00:00:00.000Z' }, expect.anything());
  });

  it('asks the agent seldom while all is well', async () => {
    const guard = guardOf(new HostClient(join(folder, 'host.sock')));
    for (let i = 0; i < 24; i++) await guard.look();
    expect(asked).toHaveLength(2);
  });
});
