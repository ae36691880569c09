import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/index.ts';
import { Expiry } from './expiry.ts';

function lab() {
  const clock = new FakeClock();
  const freed: string[] = [];
  return { clock, freed, expiry: new Expiry(clock, (key) => freed.push(key)) };
}

describe('Expiry', () => {
  it('frees a key not before its time, and at most a tenth of a second after it', () => {
    const { clock, freed, expiry } = lab();
    clock.advance(30);
    expiry.after(5_000, 'a');
    clock.advance(4_999);
    expect(freed).toEqual([]);
    clock.advance(101);
    expect(freed).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });

  it('takes one timer for all that expire together', () => {
    const { clock, freed, expiry } = lab();
    for (let n = 0; n < 50; n++) {
      expiry.after(32_000, `key ${n}`);
      clock.advance(2);
    }
    expect(clock.pending).toBe(2);
    clock.advance(32_000);
    expect(freed).toHaveLength(50);
    expect(freed[0]).toBe('key 0');
  });

  it('keeps short and long waits apart, whichever began first', () => {
    const { clock, freed, expiry } = lab();
    expiry.after(32_000, 'long');
    expiry.after(5_000, 'short');
    clock.advance(5_000);
    expect(freed).toEqual(['short']);
    clock.advance(27_000);
    expect(freed).toEqual(['short', 'long']);
  });
});
