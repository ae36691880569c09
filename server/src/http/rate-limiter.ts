import { RecentMap } from './recent-map.ts';

/**
 * At most `limit` attempts a key in any `windowMs`. In memory: a restart forgives. Keys are addresses and account names; the least recently used are
 * forgotten first, so that a flood of keys costs bounded memory.
 */
export class RateLimiter {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #attempts: RecentMap<number[]>;

  constructor(options: { limit: number; windowMs: number; maxKeys?: number; now?: () => number }) {
    this.#limit = options.limit;
    this.#windowMs = options.windowMs;
    this.#now = options.now ?? Date.now;
    this.#attempts = new RecentMap(options.maxKeys ?? 20_000);
  }

  /** Counts one attempt. @returns 0 if it is allowed, else the seconds to wait; a refused attempt is not counted */
  take(key: string): number {
    const wait = this.wait(key);
    if (wait > 0) return wait;
    this.#attempts.set(key, [...this.#recent(key), this.#now()]);
    return 0;
  }

  /** Seconds to wait before the next attempt, without counting one. */
  wait(key: string): number {
    const recent = this.#recent(key);
    const first = recent[recent.length - this.#limit];
    return first === undefined ? 0 : Math.max(1, Math.ceil((first + this.#windowMs - this.#now()) / 1000));
  }

  /** Takes the last counted attempt back: it was a good one. */
  refund(key: string): void {
    const recent = this.#recent(key);
    recent.pop();
    this.#attempts.set(key, recent);
  }

  forget(key: string): void {
    this.#attempts.delete(key);
  }

  #recent(key: string): number[] {
    const since = this.#now() - this.#windowMs;
    return (this.#attempts.get(key) ?? []).filter((at) => at > since);
  }
}

/**
 * What limits count an address by: an IPv6 host owns a whole /64, so that counts as one.
 */
export function addressKey(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address.replace(/^::ffff:/i, '');
  const [head = '', tail = ''] = address.split('::') as [string, string?];
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
    : left;
  return `${groups
    .slice(0, 4)
    .map((g) => Number.parseInt(g, 16).toString(16))
    .join(':')}::/64`;
}
