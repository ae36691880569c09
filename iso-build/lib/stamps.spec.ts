import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stamps } from './stamps.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stamps-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('stamps', () => {
  it('knows a step that ran with the same key, also in the next run', () => {
    new Stamps(folder).set('base', 'k1', 12.5);
    expect(new Stamps(folder).valid('base', 'k1', [])).toMatchObject({ key: 'k1', seconds: 12.5 });
  });

  it('forgets when the key is another one, when an outcome is gone, and when told', () => {
    const stamps = new Stamps(folder);
    const output = join(folder, 'out');
    writeFileSync(output, '');
    stamps.set('base', 'k1', 1);
    expect(stamps.valid('base', 'k2', [output])).toBeUndefined();
    expect(stamps.valid('base', 'k1', [output])).toBeDefined();
    rmSync(output);
    expect(stamps.valid('base', 'k1', [output])).toBeUndefined();
    stamps.forget('base');
    expect(stamps.valid('base', 'k1', [])).toBeUndefined();
  });

  it('takes a stamp that was cut off for none', () => {
    const stamps = new Stamps(folder);
    stamps.set('base', 'k1', 1);
    writeFileSync(join(folder, 'stamps', 'base.json'), '{"key":"k1","sec');
    expect(stamps.valid('base', 'k1', [])).toBeUndefined();
  });
});
