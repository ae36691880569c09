import { join } from 'node:path';
import type { Options } from './options.ts';

/** Where everything lies and what is built; the same for every step. */
export interface Build {
  options: Options;
  /** Top folder of the project. */
  project: string;
  /** `iso-build/.cache`, or a folder of its own for a check. */
  cache: string;
  /** Folder of the finished image. */
  dist: string;
  version: string;
  /** Time of the last commit, seconds since 1970: no file of the image is newer. */
  sourceDate: number;
  /** Keys of the steps so far. */
  keys: Map<string, string>;
}

export interface Step {
  name: string;
  /** Steps whose outcome this one reads. */
  after: string[];
  /** Everything else the outcome depends on, as text; the step's own source file always counts. */
  inputs(build: Build): string | Promise<string>;
  /** What it leaves; a missing one makes it run again. */
  outputs(build: Build): string[];
  run(build: Build): void | Promise<void>;
}

/** Places in the cache, a name for each thing the steps hand on. */
export const place = {
  toolbox: (build: Build) => join(build.cache, 'toolbox'),
  base: (build: Build) => join(build.cache, 'base.tar'),
  baseControl: (build: Build) => join(build.cache, 'base-packages.txt'),
  product: (build: Build) => join(build.cache, 'product'),
  root: (build: Build) => join(build.cache, 'root'),
  kernel: (build: Build) => join(build.cache, 'kernel'),
  squashfs: (build: Build) => join(build.cache, 'filesystem.squashfs'),
  developmentKey: (build: Build) => join(build.cache, 'development-key.pem'),
  imageName: (build: Build) => `dialtone-${build.version}-amd64`,
  iso: (build: Build) => join(build.dist, `${place.imageName(build)}.iso`),
};

/** Identity of an image: the same content always has the same one, another content another one. */
export const buildId = (build: Build): string => {
  const key = build.keys.get('root');
  if (key === undefined) throw new Error('The build id is known once the step "root" has its key');
  return key.slice(0, 16);
};

/** The environment of every program that writes bytes of the image. */
export const cleanEnvironment = (sourceDate: number): NodeJS.ProcessEnv => ({
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C',
  TZ: 'UTC',
  SOURCE_DATE_EPOCH: String(sourceDate),
});
