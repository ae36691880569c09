// What `npm start` and `npm test` do first: put the npm packages in place and build what is missing or older than its sources.
// Runs on the Node of the machine (>= 20.20), before any package exists: nothing but Node's own modules here, and no TypeScript.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');

/** PATH with the project's own tools first: with it `node` is the Node 24 of node_modules/.bin. */
export function toolEnvironment() {
  return { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}` };
}

/** Ends this process with one message for the person at the keyboard. */
export function giveUp(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

/** Runs a command with its output on the terminal; gives up with `what` when it fails. */
export function run(what, command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: toolEnvironment(), ...options });
  if (result.signal) process.kill(process.pid, result.signal);
  if (result.error) giveUp(`${what}: ${result.error.message}`);
  if (result.status !== 0) giveUp(`${what} failed: ${command} ${args.join(' ')}`);
}

/** Whether a program is on the PATH. */
export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Installs Debian packages for programs that are missing; needs root and apt-get.
 * @param {Record<string, string>} packages program on the PATH -> Debian package that brings it
 * @param {string} purpose said to the person when the programs cannot be installed from here
 */
export function ensureDebianPackages(packages, purpose) {
  const missing = Object.keys(packages).filter((program) => !onPath(program));
  if (missing.length === 0) return;
  const names = [...new Set(missing.map((program) => packages[program]))];
  const byHand = `apt-get install ${names.join(' ')}`;
  if (!onPath('apt-get')) giveUp(`${purpose} needs ${missing.join(', ')}. Please install them.`);
  if (process.getuid?.() !== 0) giveUp(`${purpose} needs ${missing.join(', ')}. Please run as root: ${byHand}`);
  process.stdout.write(`Installing ${names.join(', ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('Reading the package lists', 'apt-get', ['-qq', '-o', 'Acquire::Retries=3', 'update'], { env });
  const quiet = ['-qq', '-y', '--no-install-recommends', '-o', 'Acquire::Retries=3', '-o', 'Dpkg::Use-Pty=0'];
  run('Installing the Debian packages', 'apt-get', [...quiet, 'install', ...names], { env });
  const still = missing.filter((program) => !onPath(program));
  if (still.length > 0) giveUp(`${still.join(', ')} is still missing after: ${byHand}`);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** npm writes node_modules/.package-lock.json as its last act: a broken or older installation differs from the lock file. */
function packagesAreCurrent() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const found = readJson(join(modules, '.package-lock.json'))?.packages;
  if (!wanted || !found) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/') || entry.link) continue;
    if (entry.optional && !found[path]) continue;
    if (found[path]?.version !== entry.version) return false;
  }
  if (process.platform === 'linux' && wanted[`node_modules/node-linux-${process.arch}`]) {
    if (!existsSync(join(modules, `node-linux-${process.arch}`, 'bin', 'node'))) return false;
  }
  return existsSync(join(modules, 'sqlite3', 'build', 'Release', 'node_sqlite3.node'));
}

/** Installs the npm packages of the lock file, unless they are all there. */
export function ensurePackages() {
  if (packagesAreCurrent()) return;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 20)) giveUp(`Dialtone needs Node 20.20 or newer; this is ${process.version}.`);
  // sqlite3 is compiled on the machine.
  ensureDebianPackages({ python3: 'python3', make: 'make', 'g++': 'g++' }, 'Compiling the SQLite driver');
  process.stdout.write('Installing the npm packages of the lock file (about two minutes, once)\n');
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  // With the machine's own Node: npm ci removes node_modules, and the Node in it.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules));
  const env = { ...process.env, PATH: path.join(delimiter) };
  // The headers that sqlite3 is compiled against come with the Node of the lock file: nothing is fetched from elsewhere for them.
  const own = `node_modules/node-linux-${process.arch}`;
  if (process.platform === 'linux' && readJson(join(root, 'package-lock.json'))?.packages?.[own])
    env.npm_config_nodedir ??= join(root, own);
  run('Installing the npm packages', 'npm', args, { env });
  if (!packagesAreCurrent()) giveUp('npm ci ended well, but node_modules is not what package-lock.json says.');
}

/** Paths of the files below a folder (or the file itself), sorted, without tests and what is generated. */
function sources(path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return [];
  const entries = readdirSync(absolute, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !/\.(spec|fuzz)\.tsx?$|\.gen\.ts$/.test(file) && !file.split(sep).some((part) => part === 'node_modules' || part === 'dist'),
    )
    .sort();
}

function fingerprint(folders, files) {
  const hash = createHash('sha256');
  const all = [...folders.flatMap(sources), ...files.map((file) => join(root, file)).filter(existsSync)];
  for (const file of all) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/**
 * The two things that are built. `stamp` holds the fingerprint of the sources a build was made of: times of files say nothing
 * after a clone, a checkout or an incremental compile.
 */
const builds = [
  {
    name: 'server',
    folder: 'server/dist',
    proof: 'server/dist/main.js',
    fingerprint: () => fingerprint(['server/src'], ['server/tsconfig.json', 'server/package.json', 'package-lock.json']),
    steps: [['Compiling the server', 'tsc', ['-p', 'server']]],
  },
  {
    name: 'web',
    folder: 'web/dist',
    proof: 'web/dist/index.html',
    // The client is generated from the server's OpenAPI document, so the server's sources count too.
    fingerprint: () =>
      fingerprint(
        ['server/src', 'web/src', 'web/public'],
        ['web/index.html', 'web/package.json', 'web/vite.config.ts', 'package-lock.json'],
      ),
    steps: [
      ['Writing the OpenAPI document', 'node', ['server/dist/openapi.js', 'server/openapi.json']],
      ['Generating the web client', 'npm', ['run', '--silent', 'openapi', '-w', 'web']],
      ['Building the pages', 'npm', ['run', '--silent', 'build', '-w', 'web']],
    ],
  },
];

/** Builds the server and the pages; unless `always`, only what is missing or older than its sources. */
export function ensureBuilt({ always = false } = {}) {
  for (const build of builds) {
    const stamp = join(root, build.folder, '.sources');
    const now = build.fingerprint();
    const then = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
    if (!always && then === now && existsSync(join(root, build.proof))) continue;
    process.stdout.write(`Building the ${build.name}\n`);
    rmSync(join(root, build.folder), { recursive: true, force: true });
    for (const [what, command, args] of build.steps) run(what, command, args);
    if (!existsSync(join(root, build.proof))) giveUp(`Building the ${build.name} left no ${build.proof}.`);
    writeFileSync(stamp, now);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensurePackages();
  ensureBuilt({ always: process.argv.includes('--build') });
}
