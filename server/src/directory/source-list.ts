import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

interface Rule {
  readonly network: Address;
  readonly bits: number;
  /** 0 = any port. */
  readonly port: number;
}

/** Is this text an entry that SourceIndex understands: an address, a network or an address with a port? */
export const isSource = (text: string): boolean => parseRule(text) !== undefined;

/**
 * Finds the owner of the address that a request came from (O-104). Asked for every request: single addresses are found by their text,
 * and the address is only parsed when there are networks. Entries that cannot be read match nothing.
 */
export class SourceIndex<T> {
  readonly #exact = new Map<string, T>();
  readonly #networks: { readonly rule: Rule; readonly owner: T }[] = [];

  /** The owner that was added first wins. */
  add(sources: readonly string[], owner: T): void {
    for (const text of sources) {
      const rule = parseRule(text);
      if (!rule) continue;
      const single = rule.bits === (rule.network.kind() === 'ipv4' ? 32 : 128);
      const key = keyOf(rule.network.toString(), rule.port);
      if (!single) this.#networks.push({ rule, owner });
      else if (!this.#exact.has(key)) this.#exact.set(key, owner);
    }
  }

  find(address: string, port: number): T | undefined {
    if (this.#exact.size > 0) {
      const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
      const exact = this.#exact.get(keyOf(plain, port)) ?? this.#exact.get(keyOf(plain, 0));
      if (exact !== undefined) return exact;
    }
    if (this.#networks.length === 0) return undefined;
    const parsed = parseAddress(address);
    return (
      parsed && this.#networks.find(({ rule }) => rule.network.kind() === parsed.kind() && parsed.match(rule.network, rule.bits))?.owner
    );
  }
}

const keyOf = (address: string, port: number): string => `${address} ${port}`;

function parseAddress(text: string): Address | undefined {
  if (!ipaddr.isValid(text)) return undefined;
  // An IPv4 peer on a dual-stack socket shows as ::ffff:192.0.2.1.
  return ipaddr.process(text);
}

function parseRule(text: string): Rule | undefined {
  const trimmed = text.trim();
  const slash = trimmed.indexOf('/');
  if (slash >= 0) {
    const network = parseAddress(trimmed.slice(0, slash));
    const length = trimmed.slice(slash + 1);
    if (!network || !/^\d{1,3}$/.test(length)) return undefined;
    const bits = Number(length);
    return bits <= (network.kind() === 'ipv4' ? 32 : 128) ? { network, bits, port: 0 } : undefined;
  }
  const withPort = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(trimmed);
  const host = withPort ? (withPort[1] ?? withPort[2] ?? '') : trimmed.replace(/^\[(.*)\]$/, '$1');
  const port = withPort ? Number(withPort[3]) : 0;
  // ipaddr.js reads "127" as 0.0.0.127: only a full address names a peer.
  if (!host.includes(':') && host.split('.').length !== 4) return undefined;
  const network = parseAddress(host);
  if (!network || port > 65_535) return undefined;
  return { network, bits: network.kind() === 'ipv4' ? 32 : 128, port };
}
