import { bracketed } from '../message/uri.ts';
import { isLoopback, isWildcard, type OwnAddresses, sameFamily } from './addresses.ts';
import type { TcpListener } from './tcp.ts';
import type { TlsListener } from './tls.ts';
import type { Endpoint, Target } from './types.ts';
import type { UdpListener } from './udp.ts';

export type Listener = UdpListener | TcpListener | TlsListener;

/** All that we listen on, and which of it a message leaves from. */
export class Listeners {
  #all: Listener[];
  readonly #log: (message: string, error?: unknown) => void;

  constructor(all: Listener[], log: (message: string, error?: unknown) => void) {
    this.#all = all;
    this.#log = log;
  }

  /** Opens all; answers with their real ports. Rejects when one cannot be opened: those before it are open then. */
  async open(): Promise<Endpoint[]> {
    const opened: Endpoint[] = [];
    const usable: Listener[] = [];
    for (const listener of this.#all) {
      const { protocol, address, port } = listener.config;
      try {
        opened.push(await listener.listen());
        usable.push(listener);
      } catch (error) {
        // A machine without IPv6 starts on IPv4 alone.
        if (address === '::' && isNoSuchFamily(error)) {
          this.#log(`no IPv6 here, ${protocol}:[::]:${port} is left out`);
          continue;
        }
        throw new Error(`cannot listen on ${protocol}:${bracketed(address)}:${port}: ${(error as Error).message}`, { cause: error });
      }
    }
    this.#all = usable;
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((listener) => listener.close()));
  }

  /** The hinted listener if it fits, else one of the right protocol and family, bound to loopback only for loopback peers. */
  choose(target: Target, hint = target.localHint): Listener | undefined {
    let best: Listener | undefined;
    let bestScore = 0;
    for (const listener of this.#all) {
      const { address, port } = listener.local;
      if (listener.protocol !== target.protocol || !listener.alive || !sameFamily(address, target.address)) continue;
      let score = 1;
      if (hint && hint.port === port && (hint.address === address || isWildcard(address))) score += 4;
      if (isWildcard(address) || isLoopback(address) === isLoopback(target.address)) score += 2;
      if (score > bestScore) {
        best = listener;
        bestScore = score;
      }
    }
    return best;
  }

  /** The one that this address of ours belongs to. */
  at(local: Endpoint): Listener | undefined {
    return this.#all.find(
      (one) =>
        one.protocol === local.protocol &&
        one.local.port === local.port &&
        (one.local.address === local.address || isWildcard(one.local.address)),
    );
  }

  /** Is `host`, in lower case, an address of ours and, if given, `port` one we listen on? */
  own(host: string, addresses: OwnAddresses, port?: number): boolean {
    const bound = this.#all.filter((listener) => port === undefined || listener.local.port === port);
    if (bound.length === 0) return false;
    if (bound.some((listener) => listener.local.address === host)) return true;
    return addresses.includes(
      host,
      bound.some((listener) => isWildcard(listener.local.address) && sameFamily(listener.local.address, host)),
    );
  }
}

function isNoSuchFamily(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}
