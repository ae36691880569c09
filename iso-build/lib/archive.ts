import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, run } from './command.ts';
import { sha256 } from './digest.ts';

/** The Debian release of the image. */
export const suite = 'trixie';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface Mirrors {
  debian: string;
  security: string;
}

/**
 * The mirrors this machine installs from.
 * @param targets what `apt-get indextargets` prints with the format `$(LABEL)|$(REPO_URI)`
 * @throws BuildError when the machine has no Debian mirror configured
 */
export function parseMirrors(targets: string): Mirrors {
  const rows = targets.split('\n').map((line) => line.split('|'));
  const find = (label: string): string | undefined => rows.find(([name]) => name === label)?.[1]?.replace(/\/+$/, '');
  const debian = find('Debian');
  if (debian === undefined) throw new BuildError('This machine has no Debian mirror: the image is made of packages of Debian 13.');
  // A mirror of everything keeps the security updates beside the archive.
  return { debian, security: find('Debian-Security') ?? `${debian}-security` };
}

export const machineMirrors = (): Mirrors =>
  parseMirrors(run('apt-get', ['indextargets', '--format', '$(LABEL)|$(REPO_URI)', 'Identifier: Packages']));

/** The lines of sources.list for the release, its updates and its security updates. */
export function sourcesList(mirrors: Mirrors): string {
  const line = (uri: string, name: string): string => `deb [signed-by=${keyring}] ${uri} ${name} main\n`;
  return line(mirrors.debian, suite) + line(mirrors.debian, `${suite}-updates`) + line(mirrors.security, `${suite}-security`);
}

/** The proxy apt uses on this machine, as options for mmdebstrap. */
export function proxyOptions(): string[] {
  const configured = run('apt-config', ['dump', '--format', '%f "%v";%n']).split('\n');
  return configured.filter((line) => /^Acquire::https?::Proxy /.test(line)).map((line) => `--aptopt=${line}`);
}

const states = new Map<string, string>();

/**
 * What the archive holds at this moment, as one digest over its package lists: another digest means other packages. Without a network
 * the lists of the last time count. Asked once a build.
 */
export function archiveState(cache: string, mirrors: Mirrors): string {
  const state = states.get(cache) ?? readArchive(cache, mirrors);
  states.set(cache, state);
  return state;
}

function readArchive(cache: string, mirrors: Mirrors): string {
  const folder = join(cache, 'apt');
  for (const name of ['lists/partial', 'cache/archives/partial', 'parts']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'sources.list'), sourcesList(mirrors));
  writeFileSync(join(folder, 'status'), '');
  const options = [
    `Dir::Etc::sourcelist=${folder}/sources.list`,
    `Dir::Etc::sourceparts=${folder}/parts`,
    `Dir::Etc::preferencesparts=${folder}/parts`,
    `Dir::State::lists=${folder}/lists`,
    `Dir::State::status=${folder}/status`,
    `Dir::Cache=${folder}/cache`,
    'APT::Architecture=amd64',
    'APT::Architectures=amd64',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  try {
    run('apt-get', [...options, '-qq', 'update']);
  } catch (error) {
    process.stdout.write(`The package lists could not be refreshed: ${error instanceof Error ? error.message : error}\n`);
  }
  const lists = run('apt-get', [...options, 'indextargets', '--format', '$(FILENAME)', 'Identifier: Packages'])
    .trim()
    .split('\n');
  const releases = lists.map((path) => packagesSum(path));
  return sha256(releases.sort().join('\n'));
}

/** The suite and the sum of its package list, out of the signed Release file that lies beside the list. */
function packagesSum(list: string): string {
  const [, prefix] = /^(.*_dists_.+?)_main_binary-amd64_Packages/.exec(list) ?? [];
  if (prefix === undefined) throw new BuildError(`apt keeps its package list under a name that is not understood: ${list}`);
  const release = readFileSync(`${prefix}_InRelease`, 'utf8');
  const sum = /^ ([0-9a-f]{64}) +\d+ main\/binary-amd64\/Packages$/m.exec(release)?.[1];
  if (sum === undefined) throw new BuildError(`The Release file of ${suite} names no package list`);
  return `${prefix.slice(prefix.lastIndexOf('_') + 1)} ${sum}`;
}
