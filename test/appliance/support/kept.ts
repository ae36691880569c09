import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyDisk } from '../machine/disk.ts';
import { Ports } from '../machine/ports.ts';
import type { Bench, Company } from './scenario.ts';

interface Kept {
  passed: string[];
  company: Company;
}

const fileOf = (folder: string): string => join(folder, 'kept.json');
const diskOf = (folder: string): string => join(folder, 'kept.raw');

/** Notes that a scenario passed, with the company as it stands: a later run with --keep goes on from here. */
export async function keep(bench: Bench, name: string): Promise<void> {
  if (!bench.company) return;
  const { folder, company } = bench;
  const passed = [...(existsSync(fileOf(folder)) ? read(folder).passed : []), name];
  await copyDisk(company.disk, diskOf(folder));
  writeFileSync(fileOf(folder), JSON.stringify({ passed, company } satisfies Kept));
}

/** Takes up what an earlier run left. @returns the scenarios that need not be played again */
export async function takeUp(bench: Bench): Promise<readonly string[]> {
  if (!existsSync(fileOf(bench.folder))) return [];
  const { passed, company } = read(bench.folder);
  bench.company = { ...company, ports: Ports.again(company.ports) };
  await copyDisk(diskOf(bench.folder), company.disk);
  return passed;
}

const read = (folder: string): Kept => JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Kept;
