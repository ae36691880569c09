import { describe, expect, it } from 'vitest';
import { isPruned } from './prune.ts';

describe('what of an npm package stays out of the image', () => {
  it('types, maps, words, tests and sources of native code', () => {
    for (const file of [
      'dist/a.d.ts',
      'a.js.map',
      'README.md',
      'test/a.js',
      'docs/b.html',
      'src/x.cc',
      'binding.gyp',
      'prebuilds/darwin-arm64/x.bare',
      '.github/x.json',
    ]) {
      expect([file, isPruned('any', file)]).toEqual([file, true]);
    }
  });

  it('code and data stay, also in a folder that is called doc or test deeper down', () => {
    for (const file of [
      'index.js',
      'lib/test/run.js',
      'dist/doc/Document.js',
      'package.json',
      'x.node',
      'prebuilds/linux-x64/x.node',
      'dist/man.mjs',
    ]) {
      expect([file, isPruned('any', file)]).toEqual([file, false]);
    }
  });

  it('licences stay, whatever their ending', () => {
    for (const file of ['LICENSE', 'LICENSE.md', 'licence.txt', 'NOTICE.md', 'vendor/COPYING', 'AUTHORS']) {
      expect([file, isPruned('any', file)]).toEqual([file, false]);
    }
  });

  it('of the SQLite driver only what is loaded', () => {
    expect(isPruned('sqlite3', 'build/Release/node_sqlite3.node')).toBe(false);
    expect(isPruned('sqlite3', 'lib/sqlite3.js')).toBe(false);
    for (const file of ['build/Release/obj.target/x', 'deps/sqlite.tar.gz', 'src/async.h', 'build/Makefile']) {
      expect([file, isPruned('sqlite3', file)]).toEqual([file, true]);
    }
  });
});
