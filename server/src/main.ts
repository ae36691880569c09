import 'reflect-metadata';
import { rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { type Environment, EnvironmentError, readEnvironment } from './settings/environment.ts';
import { SetupService } from './setup/setup.service.ts';

/** A line for people and tests on stdout; the log goes to stderr. */
const say = (label: string, value = ''): void => {
  process.stdout.write(`${value ? label.padEnd(14) + value : label}\n`);
};

const urlOf = (address: AddressInfo): string => {
  const everywhere = address.address === '0.0.0.0' || address.address === '::';
  const host = everywhere ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
};

async function main(environment: Environment): Promise<void> {
  const app = await createApp(environment);
  await app.listen(environment.http.port, environment.http.host);
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('The web server has no address');
  const http = urlOf(address);
  const sip: string[] = [];
  await writeFile(environment.runFile, `${JSON.stringify({ pid: process.pid, http, sip })}\n`);
  say('Web', http);
  for (const listener of sip) say('SIP', listener);
  const code = app.get(SetupService).code;
  if (code !== undefined) say('Set-up code', code);
  say('Ready');
}

try {
  await main(readEnvironment());
} catch (error) {
  // Before the log exists, and for a person: one message with all that is wrong.
  process.stderr.write(`${error instanceof EnvironmentError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
