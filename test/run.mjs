// `npm test`: prepares the machine, runs every check, prints the time of each and ends with "N passed, N failed".
// Runs on the Node of the machine, before any package exists. `npm test -- unit e2e` runs those steps only,
// `npm test -- --ci` those too that take long.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDebianPackages, ensurePackages, giveUp, root, toolEnvironment } from '../server/bin/prepare.mjs';

const artifacts = join(root, 'test', 'artifacts');

/**
 * A step is one check (`command`), which may leave a report that counts (`report`), or a run of vitest that counts its own tests (`projects`).
 * One that takes long (`long`) runs when it is named, or with --ci.
 */
const steps = [
  { name: 'build', command: ['node', 'server/bin/prepare.mjs', '--build'] },
  { name: 'typecheck', command: ['npm', 'run', '--silent', 'typecheck'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'layers', command: ['npm', 'run', '--silent', 'layers'] },
  { name: 'unit', projects: ['unit', 'web', 'appliance'] },
  { name: 'smoke', projects: ['smoke'], needs: 'build' },
  { name: 'e2e', projects: ['e2e'], needs: 'build' },
  {
    name: 'appliance',
    command: ['npm', 'run', '--silent', 'test:appliance'],
    report: join(artifacts, 'appliance', 'report.json'),
    needs: 'build',
    long: true,
  },
];

const outcomes = new Map();
const withLong = process.argv.includes('--ci');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--ci');
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) giveUp(`There is no step ${unknown.join(', ')}. The steps are: ${steps.map((step) => step.name).join(', ')}.`);

ensurePackages();
ensureDebianPackages(
  {
    sipp: 'sip-tester',
    baresip: 'baresip',
    chromium: 'chromium',
    pebble: 'pebble',
    nft: 'nftables',
    ip: 'iproute2',
    rtpengine: 'rtpengine-daemon',
  },
  'npm test',
);
rmSync(artifacts, { recursive: true, force: true });
mkdirSync(artifacts, { recursive: true });

for (const step of steps) {
  if (wanted.length > 0 ? !wanted.includes(step.name) : step.long && !withLong) continue;
  process.stdout.write(`\n=== ${step.name}\n`);
  const started = Date.now();
  const outcome = step.needs && outcomes.get(step.needs)?.failed ? skipped(step) : runStep(step);
  outcomes.set(step.name, { ...outcome, seconds: Math.round((Date.now() - started) / 1000) });
}

process.stdout.write('\n');
for (const [name, { passed, failed, seconds }] of outcomes) {
  process.stdout.write(
    `${name.padEnd(10)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${String(seconds).padStart(5)} s\n`,
  );
}
const sum = (key) => [...outcomes.values()].reduce((total, outcome) => total + outcome[key], 0);
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
process.exit(sum('failed') === 0 && sum('passed') > 0 ? 0 : 1);

function skipped(step) {
  process.stdout.write(`${step.name} cannot run: ${step.needs} failed.\n`);
  return { passed: 0, failed: 1 };
}

function runStep(step) {
  if (step.command) {
    const [command, ...args] = step.command;
    const ok = execute(command, args);
    if (step.report && existsSync(step.report)) return countScenarios(step.report, ok);
    // One that passes without its report has said why it could not run here.
    return { passed: ok && !step.report ? 1 : 0, failed: ok ? 0 : 1 };
  }
  const report = join(artifacts, `${step.name}.json`);
  const projects = step.projects.flatMap((project) => ['--project', project]);
  const ok = execute('vitest', ['run', ...projects, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
  return count(report, ok);
}

function execute(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: toolEnvironment() });
  if (error) process.stdout.write(`${command}: ${error.message}\n`);
  return status === 0;
}

/** As `count`, of the scenarios of test:appliance. */
function countScenarios(report, ok) {
  const { outcomes } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = outcomes.filter(({ fault }) => fault).length;
  return { passed: outcomes.length - failed, failed: failed === 0 && !ok ? 1 : failed };
}

/** A run that fails without a failed test (a file that does not load, a fault outside of tests, no report) counts as one failure. */
function count(report, ok) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests === 0 && (!ok || numPassedTests === 0) ? 1 : numFailedTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
