import { expect, it } from 'vitest';
import { takeSystemd } from './systemd-notify.ts';

it('leaves nothing of systemd to the programs this process starts', () => {
  const environment = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '120000000', WATCHDOG_PID: '7', PATH: '/usr/bin' };
  expect(takeSystemd(environment)).toEqual({ socket: '/run/systemd/notify', watchdog: 120_000_000 });
  expect(environment).toEqual({ PATH: '/usr/bin' });
  expect(takeSystemd(environment)).toBeUndefined();
});
