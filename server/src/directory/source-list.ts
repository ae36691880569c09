import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

interface Rule {
  readonly network: Address;
  readonly bits: number;
  /** 0 = any port. */
  readonly port: number;
}

/** Is this text an entry that SourceList understands: an address, a network or an address with a port? */
export const isSource = (text: string): boolean => parseRule(text) !== undefined;

/** IP addresses and networks a peer may send from (O-104). Entries that cannot be read match nothing. */
export class SourceList {
  readonly #rules: Rule[];

  constructor(sources: readonly string[]) {
    this.#rules = sources.map(parseRule).filter((rule) => rule !== undefined);
  }

  get size(): number {
    return this.#rules.length;
  }

  matches(address: string, port: number): boolean {
    if (this.#rules.length === 0) return false;
    const parsed = parseAddress(address);
    if (!parsed) return false;
    return this.#rules.some(
      (rule) => (rule.port === 0 || rule.port === port) && rule.network.kind() === parsed.kind() && parsed.match(rule.network, rule.bits),
    );
  }
}

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
