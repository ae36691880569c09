import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLock, productionPackages } from './npm-closure.ts';

const lock = (packages: object) => parseLock(JSON.stringify({ packages }));
const paths = (packages: { path: string }[]) => packages.map((one) => one.path);

describe('packages of a workspace at run time', () => {
  it('follows dependencies, not those of development', () => {
    const given = lock({
      server: { dependencies: { a: '1' }, devDependencies: { d: '1' } },
      'node_modules/a': { version: '1.0.0', dependencies: { b: '1' } },
      'node_modules/b': { version: '1.0.0' },
      'node_modules/d': { version: '1.0.0' },
    });
    expect(paths(productionPackages(given, 'server'))).toEqual(['node_modules/a', 'node_modules/b']);
  });

  it('finds the nearest package on the way up, as Node does', () => {
    const given = lock({
      server: { dependencies: { a: '1', b: '2' } },
      'server/node_modules/b': { version: '2.0.0' },
      'node_modules/a': { version: '1.0.0', dependencies: { b: '1', c: '1' } },
      'node_modules/a/node_modules/c': { version: '1.0.0', dependencies: { b: '1' } },
      'node_modules/b': { version: '1.0.0' },
    });
    expect(paths(productionPackages(given, 'server'))).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/c',
      'node_modules/b',
      'server/node_modules/b',
    ]);
  });

  it('takes optional packages only for x86-64 Linux with glibc, and peers unless optional', () => {
    const given = lock({
      server: { optionalDependencies: { arm: '1', intel: '1', musl: '1', gone: '1', notmac: '1' }, peerDependencies: { p: '1', o: '1' } },
      'node_modules/arm': { cpu: 'arm64' },
      'node_modules/intel': { cpu: ['x64'], os: ['linux'], libc: ['glibc'] },
      'node_modules/musl': { libc: ['musl'] },
      'node_modules/notmac': { os: ['!darwin'] },
      'node_modules/p': {},
    });
    expect(paths(productionPackages(given, 'server'))).toEqual(['node_modules/intel', 'node_modules/notmac', 'node_modules/p']);
  });

  it('leaves out what it is told, with all that only that needs', () => {
    const given = lock({
      server: { dependencies: { a: '1', tool: '1' } },
      'node_modules/a': {},
      'node_modules/tool': { dependencies: { deep: '1' } },
      'node_modules/deep': {},
    });
    expect(paths(productionPackages(given, 'server', ['tool']))).toEqual(['node_modules/a']);
  });

  it('says what is missing in the lock file', () => {
    expect(() => productionPackages(lock({ server: { dependencies: { a: '1' } } }), 'server')).toThrow('server needs a');
    expect(() => productionPackages(lock({}), 'server')).toThrow('no workspace server');
  });

  it('reads the lock file of the project: the server runs without the tools that build it', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8');
    const names = productionPackages(parseLock(text), 'server').map((one) => one.name);
    expect(names).toEqual(expect.arrayContaining(['@nestjs/core', 'typeorm', 'sqlite3', 'fastify', '@node-rs/argon2-linux-x64-gnu']));
    for (const name of ['vite', 'vitest', 'react', '@biomejs/biome']) expect(names).not.toContain(name);
  });
});
