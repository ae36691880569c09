import { execFile } from 'node:child_process';

/** One message of sd_notify(3). */
function notify(message: string, problem: (text: string) => void): Promise<void> {
  return new Promise((resolve) => {
    execFile('/usr/bin/systemd-notify', [message], { timeout: 30_000 }, (error) => {
      if (error) problem(`systemd was not told ${message}: ${error.message}`);
      resolve();
    });
  });
}

/**
 * Tells systemd that this service is up, and from then on, three times in every watchdog interval, that its main loop turns (sd_notify(3)). Node has no
 * datagram sockets of the Unix kind, so systemd-notify(1) does it. Does nothing when systemd did not start this process.
 * @param problem takes what went wrong, for the log
 */
export async function notifySystemd(problem: (text: string) => void, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  if (!environment.NOTIFY_SOCKET) return;
  await notify('READY=1', problem);
  const interval = Number(environment.WATCHDOG_USEC) / 1000 / 3;
  if (interval > 0) setInterval(() => void notify('WATCHDOG=1', problem), interval).unref();
}
