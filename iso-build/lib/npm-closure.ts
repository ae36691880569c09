import { z } from 'zod';

/** npm copies these fields as the package wrote them: one value, or a list. */
const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value))
  .optional();
const dependencies = z.record(z.string(), z.string()).optional();
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      resolved: z.string().optional(),
      dependencies,
      optionalDependencies: dependencies,
      peerDependencies: dependencies,
      peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).optional(),
      os: oneOrMore,
      cpu: oneOrMore,
      libc: oneOrMore,
    }),
  ),
});
export type Lock = z.infer<typeof lockSchema>;
type Entry = Lock['packages'][string];

/** An npm package of the lock file: where it lies, what it is, and the sum npm checked it with (`sha512-<base64>`). */
export interface NpmPackage {
  path: string;
  name: string;
  version: string;
  license: string | undefined;
  integrity: string | undefined;
}

export const parseLock = (text: string): Lock => lockSchema.parse(JSON.parse(text));

/** Whether npm installs an entry on the machine the image is for. */
function fits(entry: Entry): boolean {
  const allows = (list: string[] | undefined, value: string): boolean => {
    if (list === undefined || list.length === 0) return true;
    return !list.includes(`!${value}`) && (list.includes(value) || list.every((one) => one.startsWith('!')));
  };
  return allows(entry.os, 'linux') && allows(entry.cpu, 'x64') && allows(entry.libc, 'glibc');
}

/** Where Node finds `name` from a package at `path`: the nearest node_modules on the way up. */
function resolve(lock: Lock, path: string, name: string): string | undefined {
  for (let folder = path; ; ) {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock.packages[candidate] !== undefined) return candidate;
    if (folder === '') return undefined;
    const parent = folder.lastIndexOf('/node_modules/');
    folder = parent >= 0 ? folder.slice(0, parent) : '';
  }
}

function needs(entry: Entry): { name: string; required: boolean }[] {
  const optionalPeer = (name: string): boolean => entry.peerDependenciesMeta?.[name]?.optional === true;
  return [
    ...Object.keys(entry.dependencies ?? {}).map((name) => ({ name, required: true })),
    ...Object.keys(entry.optionalDependencies ?? {}).map((name) => ({ name, required: false })),
    ...Object.keys(entry.peerDependencies ?? {})
      .filter((name) => !optionalPeer(name))
      .map((name) => ({ name, required: false })),
  ];
}

/**
 * The packages a workspace needs while it runs, on x86-64 Linux: what `npm ci --omit=dev` would install for it alone.
 * @param workspace folder of the workspace, e.g. `server`
 * @param without names of packages that are left out with all that only they need
 * @throws Error when a dependency is not in the lock file
 */
export function productionPackages(lock: Lock, workspace: string, without: readonly string[] = []): NpmPackage[] {
  const start = lock.packages[workspace];
  if (start === undefined) throw new Error(`The lock file knows no workspace ${workspace}`);
  const found = new Map<string, Entry>();
  const queue: { path: string; entry: Entry }[] = [{ path: workspace, entry: start }];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const { name, required } of needs(next.entry)) {
      if (without.includes(name)) continue;
      const path = resolve(lock, next.path, name);
      const entry = path === undefined ? undefined : lock.packages[path];
      if (path === undefined || entry === undefined) {
        if (required) throw new Error(`${next.path} needs ${name}, which is not in the lock file`);
        continue;
      }
      if (found.has(path) || entry.link || !fits(entry)) continue;
      found.set(path, entry);
      queue.push({ path, entry });
    }
  }
  return [...found]
    .map(([path, entry]) => ({
      path,
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version ?? '',
      license: entry.license,
      integrity: entry.integrity,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
