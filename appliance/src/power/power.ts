import type { PowerAction } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { log } from '../log.ts';
import { words } from '../problem.ts';

/** Asks systemd a second later, so that whoever asked us still gets the answer. */
export function power(exec: Exec, action: PowerAction['action']): void {
  log.notice(action === 'reboot' ? 'Reboot asked for' : 'Power-off asked for');
  setTimeout(() => {
    exec('systemctl', ['--no-block', action]).catch((error: unknown) => log.error(`${action}: ${words(error)}`));
  }, 1000);
}
