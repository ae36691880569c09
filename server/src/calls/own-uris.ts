import { isIP } from 'node:net';
import type { Directory } from '../directory/directory.ts';
import type { SipUri } from '../sip/message/index.ts';

/** Says which URIs mean this server, and which domain of ours a host name stands for. */
export class OwnUris {
  readonly #directory: Directory;
  readonly #ownAddress: (host: string, port?: number) => boolean;

  /** @param ownAddress is it an address (and port) that we listen on or advertise? */
  constructor(directory: Directory, ownAddress: (host: string, port?: number) => boolean) {
    this.#directory = directory;
    this.#ownAddress = ownAddress;
  }

  /** Does the host stand for one of our domains? Our addresses stand for the default one (O-99, O-100). */
  domainOf(host: string): string | undefined {
    if (this.#directory.serves(host)) return host;
    return this.#ownAddress(host) ? this.#directory.settings.domain : undefined;
  }

  /** Is it a URI at this server? Another port at our address belongs to somebody else on this machine. */
  isOurs(uri: SipUri): boolean {
    if (uri.scheme === 'tel') return true;
    if (this.domainOf(uri.host) === undefined) return false;
    return uri.port === undefined || !isAddress(uri.host) || this.#ownAddress(uri.host, uri.port);
  }

  /**
   * May a phone register this contact? One that leads back to us would make calls go round, one that leads to a gateway would make
   * calls abroad that nobody pays.
   */
  isPhone(uri: SipUri): boolean {
    const port = uri.port ?? 5060;
    if (!isAddress(uri.host) ? this.#directory.serves(uri.host) : this.#ownAddress(uri.host, port)) return false;
    return !this.#directory.gateways().some((gateway) => gateway.host.toLowerCase() === uri.host && gateway.port === port);
  }
}

/** A name that has no colon and does not end in a digit is no address: nearly every one is told apart without a regular expression. */
function isAddress(host: string): boolean {
  const last = host.charCodeAt(host.length - 1);
  return (host.includes(':') || (last >= 0x30 && last <= 0x39)) && isIP(host) !== 0;
}
