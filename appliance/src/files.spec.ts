import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLeft } from './files.ts';

const ME = process.getuid?.() ?? 0;

describe('a file that another user left', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dialtone-left-'));
    writeFileSync(path('setup-code'), 'ABCD-EFGH\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read when it is a plain file of his own', async () => {
    expect(await readLeft(path('setup-code'), ME)).toBe('ABCD-EFGH\n');
    expect(await readLeft(path('nothing'), ME)).toBeUndefined();
  });

  it('is not read when it belongs to somebody else, by whatever name it is reached', async () => {
    linkSync(path('setup-code'), path('hard'));
    expect(await readLeft(path('hard'), ME + 1)).toBeUndefined();
  });

  it('is not read through a link, and a pipe does not hold us up', async () => {
    symlinkSync('/etc/passwd', path('link'));
    execFileSync('mkfifo', [path('pipe')]);
    expect(await readLeft(path('link'), ME)).toBeUndefined();
    expect(await readLeft(path('pipe'), ME)).toBeUndefined();
    expect(await readLeft(folder, ME)).toBeUndefined();
  });

  it('is read for its first 64 KiB', async () => {
    writeFileSync(path('long'), 'x'.repeat(100_000));
    expect(await readLeft(path('long'), ME)).toHaveLength(65_536);
  });
});
