import { execFile } from 'node:child_process';

/** How systemd is spoken to by a service it started (sd_notify(3)). */
export interface Systemd {
  readonly socket: string;
  /** Microseconds; NaN when it does not watch. */
  readonly watchdog: number;
}

/**
 * Takes what systemd told this process out of its environment. To be called before any program is started: one that speaks sd_notify itself inherits the
 * socket, says STOPPING=1 in our name when it ends, as rtpengine does, and systemd then ends us.
 * @returns undefined when systemd did not start this process
 */
export function takeSystemd(environment: NodeJS.ProcessEnv = process.env): Systemd | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC } = environment;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
  return socket ? { socket, watchdog: Number(WATCHDOG_USEC) } : undefined;
}

/** One message of sd_notify(3). */
function notify(message: string, { socket }: Systemd, problem: (text: string) => void): Promise<void> {
  return new Promise((resolve) => {
    execFile('/usr/bin/systemd-notify', [message], { timeout: 30_000, env: { NOTIFY_SOCKET: socket } }, (error) => {
      if (error) problem(`systemd was not told ${message}: ${error.message}`);
      resolve();
    });
  });
}

/**
 * Tells systemd that this service is up, and from then on, three times in every watchdog interval, that its main loop turns (sd_notify(3)). Node has no
 * datagram sockets of the Unix kind, so systemd-notify(1) does it.
 * @param problem takes what went wrong, for the log
 */
export async function notifySystemd(systemd: Systemd | undefined, problem: (text: string) => void): Promise<void> {
  if (!systemd) return;
  await notify('READY=1', systemd, problem);
  const interval = systemd.watchdog / 1000 / 3;
  if (interval > 0) setInterval(() => void notify('WATCHDOG=1', systemd, problem), interval).unref();
}
