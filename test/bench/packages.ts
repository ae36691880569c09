import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Debian asks this program before it starts a service of a package. */
const policy = '/usr/sbin/policy-rc.d';

/** Installs the Debian packages that are missing; needs root. Their services are neither started nor left to start with the machine. */
export function ensurePackages(names: readonly string[]): void {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) throw new Error(`Missing: ${missing.join(', ')}. Please run as root: ${command}`);
  process.stdout.write(`Installing ${missing.join(', ')}\n`);
  const ownPolicy = !existsSync(policy);
  if (ownPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    aptGet('update');
    aptGet('-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', 'install', ...missing);
    for (const name of missing) {
      if (existsSync(`/lib/systemd/system/${name}.service`)) spawnSync('systemctl', ['--quiet', 'disable', name]);
    }
  } finally {
    if (ownPolicy) rmSync(policy, { force: true });
  }
}

function isInstalled(name: string): boolean {
  const { status, stdout } = spawnSync('dpkg', ['-s', name], { encoding: 'utf8' });
  return status === 0 && stdout.includes('\nStatus: install ok installed\n');
}

function aptGet(...args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error } = spawnSync('apt-get', ['-qq', '-o', 'Acquire::Retries=3', ...args], { stdio: 'inherit', env });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
}
