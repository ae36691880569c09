import { join } from 'node:path';
import type { Person } from '../../support/provision.ts';
import { copyDisk } from '../machine/disk.ts';
import type { Ports } from '../machine/ports.ts';

/** What is under test. */
export interface Images {
  /** The image as built. */
  readonly current: string;
  /** The same as a later version with one migration more; pressed when first asked for. */
  next(): Promise<string>;
  readonly version: string;
  readonly nextVersion: string;
}

/** An installation that one scenario has made and the next one goes on with. */
export interface Company {
  /** Its data disk, a raw image; its machine has no power. */
  readonly disk: string;
  readonly ports: Ports;
  readonly caller: Person;
  readonly phonePort: number;
  readonly carrierPort: number;
  /** Call records so far. */
  records: number;
}

export interface Bench {
  readonly images: Images;
  /** Folder for disks; removed at the end. */
  readonly folder: string;
  company?: Company;
  /** A figure for the report at the end. */
  figure(name: string, value: string): void;
  /** A figure that has a bar, for the report at the end. */
  bar(name: string, measured: number, bar: number, unit: string): void;
  /** A line about what was just proven. */
  proven(text: string): void;
}

/** The company as the upgrade left it, on a copy of its disk: what a scenario does to it is nobody else's concern. */
export async function companyOf(bench: Bench, name: string): Promise<Company> {
  if (!bench.company) throw new Error('No scenario has made a company yet');
  return { ...bench.company, disk: await copyDisk(bench.company.disk, join(bench.folder, `${name}.raw`)) };
}

export interface Scenario {
  readonly name: string;
  /** The rows and gates of the boot matrix (A4) and requirements (A-n) it stands for. */
  readonly rows: string;
  /** Part of the run of CI. */
  readonly short: boolean;
  /** Scenarios whose outcome it goes on with; they run first. */
  readonly after?: readonly string[];
  /** Programs it needs besides QEMU, with the Debian packages that bring them. */
  readonly programs?: Readonly<Record<string, string>>;
  run(bench: Bench): Promise<void>;
}
