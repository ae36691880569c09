import { describe, expect, it } from 'vitest';
import { changesOf, fromForm } from '#app/routes/admin/settings/setting-fields.ts';

describe('settings form', () => {
  it('turns text into what the server wants', () => {
    expect(fromForm({ kind: 'number' }, ' 60 ')).toBe(60);
    expect(fromForm({ kind: 'number', nullable: true }, '')).toBeNull();
    expect(fromForm({ kind: 'lines' }, 'MD5\n SHA-256 ,')).toEqual(['MD5', 'SHA-256']);
    expect(fromForm({ kind: 'text' }, ' a ')).toBe('a');
    expect(fromForm({ kind: 'switch' }, true)).toBe(true);
  });

  it('sends a number that is none as it was typed, for the server to refuse', () => {
    expect(fromForm({ kind: 'number' }, 'soon')).toBe('soon');
  });

  it('sends only what was changed, and both languages of the terms together', () => {
    const before = { ringSeconds: '45', currency: 'EUR', 'terms.en': 'a', 'terms.es': 'b' };
    expect(changesOf(before, { ...before, ringSeconds: '30' })).toEqual({ ringSeconds: 30 });
    expect(changesOf(before, { ...before, 'terms.es': 'c' })).toEqual({ terms: { en: 'a', es: 'c' } });
    expect(changesOf(before, before)).toEqual({});
  });
});
