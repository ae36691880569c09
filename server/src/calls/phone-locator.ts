import ipaddr from 'ipaddr.js';
import type { Directory } from '../directory/directory.ts';
import type { SipUri } from '../sip/message/index.ts';
import type { Locator } from '../sip/proxy/index.ts';
import type { Target } from '../sip/transport/types.ts';
import { gatewayUri } from './gateways/gateway-target.ts';

/**
 * Finds the way to phones and foreign servers, and to no gateway: gateways trust us, and what is proxied is not paid for. So neither a
 * contact, a Path, a Route nor a name in somebody's DNS that points at a gateway makes a call abroad. The addresses that a gateway may
 * call from are as good as its own: a carrier takes calls on most of them. Nor does one count for nothing that is switched off here: it
 * goes on trusting us.
 */
export class PhoneLocator implements Locator {
  readonly #inner: Locator;
  readonly #directory: Directory;
  /** Addresses of the gateways as last seen. */
  #taken = new Set<string>();

  constructor(inner: Locator, directory: Directory) {
    this.#inner = inner;
    this.#directory = directory;
    directory.onChange(({ kind }) => {
      if (kind === 'gateway') this.refresh().catch(() => undefined);
    });
  }

  locateNow(uri: SipUri): Target | undefined {
    const target = this.#inner.locateNow(uri);
    return target && this.#isFree(target) ? target : undefined;
  }

  async locate(uri: SipUri): Promise<Target[]> {
    const [targets] = await Promise.all([this.#inner.locate(uri), this.refresh()]);
    return targets.filter((target) => this.#isFree(target));
  }

  /** Looks the names of gateways up again; numeric ones are known at once. To be called now and then: names move. */
  async refresh(): Promise<void> {
    const uris = this.#directory.gateways().map((gateway) => gatewayUri(gateway));
    const numeric = uris.map((uri) => this.#inner.locateNow(uri)).filter((target) => target !== undefined);
    for (const target of numeric) this.#taken.add(keyOf(target));
    const named = await Promise.all(uris.filter((uri) => !this.#inner.locateNow(uri)).map((uri) => this.#inner.locate(uri)));
    this.#taken = new Set([...numeric, ...named.flat()].map(keyOf));
  }

  #isFree(target: Target): boolean {
    return !this.#taken.has(keyOf(target)) && !this.#directory.isGatewayAddress(canonical(target.address), target.port);
  }
}

/** Whatever the transport: a gateway listens to all of them on one port. */
const keyOf = ({ address, port }: Target): string => `${canonical(address)} ${port}`;

/** An IPv6 address can be written in many ways, and hide an IPv4 one. */
const canonical = (address: string): string =>
  address.includes(':') && ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
