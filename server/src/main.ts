import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { createApp } from './app.ts';
import { applyPendingRestore } from './backup/restore/pending-restore.ts';
import { SipNode } from './calls/sip-node.ts';
import { makeRoomToStart } from './disk-space/room-to-start.ts';
import { notifySystemd, type Systemd, takeSystemd } from './host/contract/systemd-notify.ts';
import { type Environment, EnvironmentError, readEnvironment } from './settings/environment.ts';
import { SettingsService } from './settings/settings.service.ts';
import { VERSION } from './settings/version.ts';
import { SetupService } from './setup/setup.service.ts';
import { CertificateStore } from './tls/certificate-store.ts';
import { HttpsListener } from './tls/https-listener.ts';
import { DataRefused, guardUpgrade, upgradeFinished } from './upgrade/upgrade-guard.ts';

/** A line for people and tests on stdout; the log goes to stderr. */
const say = (label: string, value = ''): void => {
  process.stdout.write(`${value ? label.padEnd(14) + value : label}\n`);
};

const urlOf = (scheme: 'http' | 'https', address: AddressInfo): string => {
  const everywhere = address.address === '0.0.0.0' || address.address === '::';
  const host = everywhere ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const usual = scheme === 'https' && address.port === 443;
  return `${scheme}://${host}${usual ? '' : `:${address.port}`}`;
};

class AlreadyRunning extends Error {}

/**
 * Two processes on one data folder would each keep their own picture of every balance.
 * @throws AlreadyRunning
 */
async function refuseSecondStart(environment: Environment): Promise<void> {
  let run: { pid: number; http: string };
  try {
    run = z.object({ pid: z.int(), http: z.url() }).parse(JSON.parse(await readFile(environment.runFile, 'utf8')));
    process.kill(run.pid, 0);
    await fetch(`${run.http}/api/v1/public/info`, { signal: AbortSignal.timeout(1000) });
  } catch {
    return; // No file, or what it says is from a process that is gone.
  }
  throw new AlreadyRunning(`Dialtone cannot start: it is running already on ${environment.dataDir} (process ${run.pid}, ${run.http}).`);
}

async function main(environment: Environment, systemd: Systemd | undefined): Promise<void> {
  await refuseSecondStart(environment);
  await makeRoomToStart(environment.dataDir);
  const restored = await applyPendingRestore({ dataDir: environment.dataDir });
  if (restored) say('Restored', restored.name);
  await guardUpgrade({ dataDir: environment.dataDir, databaseFile: environment.databaseFile, version: VERSION });
  const app = await createApp(environment);
  await app.listen(environment.http.port, environment.http.host);
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('The web server has no address');
  const http = urlOf('http', address);
  const secure = environment.https && (await app.get(HttpsListener).listen(app.getHttpAdapter().getInstance(), environment.https));
  const https = secure && urlOf('https', secure);
  const node = app.get(SipNode);
  const trusted = () => app.get(CertificateStore).shown?.facts.selfSigned === false;
  app.get(SettingsService).listensAt({ http, ...(https !== undefined && { https }), trusted });
  await writeFile(
    environment.runFile,
    `${JSON.stringify({ pid: process.pid, http, ...(https !== undefined && { https }), sip: node.addresses })}\n`,
  );
  if (https !== undefined) say('Web', https);
  say('Web', http);
  for (const listener of node.addresses) say('SIP', listener);
  const setup = app.get(SetupService);
  // On the appliance the console shows it; what is printed here would stand in the log for ever.
  if (setup.code !== undefined && environment.hostSocket === undefined) say('Set-up code', setup.code);
  await setup.keepCodeFile();
  await upgradeFinished({ dataDir: environment.dataDir, version: VERSION });
  await notifySystemd(systemd, (problem) => process.stderr.write(`${problem}\n`));
  say('Ready');
}

/** Why the start failed, for a person: one message with all that is wrong and what to do. */
function explain(error: unknown): string {
  if (error instanceof EnvironmentError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AlreadyRunning) return error.message;
  if (error instanceof DataRefused) return `Dialtone cannot start: ${error.message}`;
  if (/EADDRINUSE|EACCES|EADDRNOTAVAIL/.test(error.message)) {
    return `Dialtone cannot start: ${error.message}.\n  Is it running already? Other addresses and ports are set by DIALTONE_HTTP, DIALTONE_HTTPS and DIALTONE_SIP.`;
  }
  return `Dialtone cannot start: ${error.stack ?? error.message}`;
}

// The data folder holds what phones and people log in with: no file in it is for others.
process.umask(0o077);
const systemd = takeSystemd();
try {
  await main(readEnvironment(), systemd);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(error instanceof DataRefused ? DataRefused.exitCode : 1);
}
