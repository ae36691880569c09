// `npm run test:appliance`: builds the image, boots it under QEMU and proves it. Ends with "N passed, N failed".
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDebianPackages, onPath } from '../../server/bin/prepare.mjs';
import { Machine } from './machine/machine.ts';
import { scenarios } from './scenarios/index.ts';
import { artifacts } from './support/artifacts.ts';
import { findImages } from './support/images.ts';
import { keep, takeUp } from './support/kept.ts';
import type { Bench, Scenario } from './support/scenario.ts';

const usage = `npm run test:appliance -- [options]
  --all          every scenario; without it the short ones
  --only NAME    this scenario and those it goes on with (may be given more than once)
  --list         the scenarios, with the rows of the boot matrix they stand for
  --keep FOLDER  the disks stay there; scenarios that others go on with and that passed there before are not played again
  --image FILE   boot this image; the later version is taken from beside it, or built

With an image the machines can be cut off from the internet: unshare -n sh -c 'ip link set lo up; npm run test:appliance -- --image FILE'
`;

const PROGRAMS = {
  'qemu-system-x86_64': 'qemu-system-x86',
  flock: 'util-linux',
  e2fsck: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  sipp: 'sip-tester',
  chromium: 'chromium',
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The wanted scenarios and those they go on with, in the order of the list. */
function choose(only: readonly string[], all: boolean): Scenario[] {
  const wanted = new Set<string>();
  const take = (name: string): void => {
    const scenario = scenarios.find((one) => one.name === name);
    if (!scenario) throw new Error(`There is no scenario ${name}. The scenarios are: ${scenarios.map((one) => one.name).join(', ')}.`);
    for (const before of scenario.after ?? []) take(before);
    wanted.add(name);
  };
  if (only.length > 0) for (const name of only) take(name);
  else for (const { name, short } of scenarios) if (all || short) take(name);
  return scenarios.filter(({ name }) => wanted.has(name));
}

/** Why this machine cannot run virtual ones; undefined when it can. */
function obstacle(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the image is built and booted on x86-64 Linux';
  if (process.getuid?.() !== 0) return 'building the image needs root';
  if (!onPath('qemu-system-x86_64') && !onPath('apt-get')) return 'there is no QEMU, and no apt-get to install it';
  return undefined;
}

/** The UEFI of QEMU is no program that could be looked for on the PATH. */
function ensureFirmware(): void {
  if (existsSync('/usr/share/OVMF/OVMF_CODE_4M.ms.fd')) return;
  execFileSync('apt-get', ['-qq', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', 'install', 'ovmf'], { stdio: 'inherit' });
}

interface Outcome {
  readonly scenario: Scenario;
  readonly seconds: number;
  readonly fault: string | undefined;
}

/** Plays the scenarios, one after the other; one whose forerunner failed is not played. */
async function play(chosen: readonly Scenario[], bench: Bench, keeping: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const scenario of chosen) {
    say(`\n=== ${scenario.name}: ${scenario.rows}`);
    const started = performance.now();
    const failed = scenario.after?.find((name) => outcomes.some((one) => one.scenario.name === name && one.fault !== undefined));
    let fault = failed && `it goes on with ${failed}, which failed`;
    if (!fault) {
      try {
        await scenario.run(bench);
        if (keeping && scenarios.some(({ after }) => after?.includes(scenario.name))) await keep(bench, scenario.name);
      } catch (error) {
        fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
    }
    const seconds = (performance.now() - started) / 1000;
    say(
      fault
        ? `--- ${scenario.name} FAILED after ${seconds.toFixed(0)} s: ${fault}`
        : `--- ${scenario.name} passed in ${seconds.toFixed(0)} s`,
    );
    outcomes.push({ scenario, seconds, fault });
  }
  return outcomes;
}

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly over: 'no' | 'little' | 'far';
}

/** A figure wavers by a few in a hundred from run to run: every miss is said, one by more than a tenth fails the run (A-26). */
const TOLERATED = 1.1;
const MARK = { no: '', little: '  <-- MISSED', far: '  <-- MISSED BY FAR' } as const;

function shown(figure: Figure): Figure {
  say(`    ${figure.name}: ${figure.value}${MARK[figure.over]}`);
  return figure;
}

async function run(chosen: readonly Scenario[], image: string | undefined, keepIn: string | undefined): Promise<number> {
  const kept = artifacts();
  const figures: Figure[] = [];
  const folder = keepIn ? resolve(keepIn) : mkdtempSync(join(tmpdir(), 'dialtone-appliance-'));
  mkdirSync(folder, { recursive: true });
  // A run that is broken off leaves no disks and no machine behind.
  if (!keepIn) process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void Machine.cutAll().finally(() => process.exit(130)));
  const { images, seconds } = await findImages(image);
  const bench: Bench = {
    images,
    folder,
    figure: (name, value) => void figures.push(shown({ name, value, over: 'no' })),
    bar: (name, measured, bar, unit) => {
      const over = measured > bar * TOLERATED ? 'far' : measured > bar ? 'little' : 'no';
      figures.push(shown({ name, value: `${measured.toFixed(0)} ${unit} (bar ${bar})`, over }));
    },
    proven: (text) => say(`    ok: ${text}`),
  };
  if (seconds !== undefined) bench.bar('building the image', seconds, 600, 's');
  const passed = keepIn ? await takeUp(bench) : [];
  const outcomes = await play(
    chosen.filter(({ name }) => !passed.includes(name)),
    bench,
    keepIn !== undefined,
  );
  await Machine.cutAll();

  say('');
  for (const figure of figures) say(`${figure.name.padEnd(44)} ${figure.value}${MARK[figure.over]}`);
  say('');
  for (const { scenario, seconds: took, fault } of outcomes)
    say(`${scenario.name.padEnd(18)} ${fault ? 'FAILED' : 'passed'} ${took.toFixed(0).padStart(5)} s`);
  const far = figures.filter(({ over }) => over === 'far').length;
  const failed = outcomes.filter(({ fault }) => fault !== undefined).length + far;
  const report = {
    figures,
    outcomes: outcomes.map(({ scenario, seconds: took, fault }) => ({ name: scenario.name, seconds: took, fault })),
  };
  writeFileSync(join(kept, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  say(`Serial logs and pictures: ${kept}`);
  say(`${outcomes.length - (failed - far)} passed, ${failed} failed${far > 0 ? ` (${far} figures far over their bar)` : ''}`);
  return failed === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      image: { type: 'string' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  if (values.list) {
    for (const { name, rows, short } of scenarios) say(`${name.padEnd(18)} ${short ? 'short' : '     '}  ${rows}`);
    return 0;
  }
  const why = obstacle();
  if (why) {
    say(`The tests of the appliance are SKIPPED: ${why}.`);
    return 0;
  }
  const chosen = choose(values.only, values.all);
  ensureDebianPackages(Object.assign({}, PROGRAMS, ...chosen.map(({ programs }) => programs ?? {})), 'npm run test:appliance');
  ensureFirmware();
  // A machine at its first boot has a certificate it signed itself. What that is worth is looked at by the tests of TLS.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  process.removeAllListeners('warning');
  return run(chosen, values.image, values.keep);
}

process.exitCode = await main();
