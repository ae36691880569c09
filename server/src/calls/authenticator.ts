import type { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { DigestVerifier } from '../sip/digest.ts';
import type { SipRequest } from '../sip/message/index.ts';
import type { Clock } from '../sip/transaction/index.ts';
import { GuessLimiter } from './guess-limiter.ts';

/** Credentials that were not good: what to answer. */
export interface AuthRefusal {
  readonly ok: false;
  readonly status: 400 | 401 | 403 | 407;
  readonly reason?: string;
  readonly headers: [string, string][];
}

export type AuthVerdict = { readonly ok: true; readonly subscriber: Subscriber } | AuthRefusal;

/** Phones that give up when they see a SHA-256 challenge at all, though RFC 8760 2.4 lets them pass it over. */
const md5Only = /^baresip v[01]\./;

/** Proves by digest who sends a request: 401 where we are the end of it, 407 where we pass it on (O-87, O-88). */
export class Authenticator {
  readonly #directory: Directory;
  readonly #verifier: DigestVerifier;
  readonly #guesses: GuessLimiter;
  /** Guesses whose source may be forged. They turn nobody away, they only end what a guess could learn. */
  readonly #unproven: GuessLimiter;

  /** @param guesses counts wrong passwords by addresses that are proved. */
  constructor(directory: Directory, clock: Clock, guesses: GuessLimiter) {
    this.#directory = directory;
    this.#guesses = guesses;
    this.#unproven = new GuessLimiter(() => clock.now());
    this.#verifier = new DigestVerifier({ clock });
  }

  /** Were credentials sent that are meant for a domain of ours? */
  hasCredentials(request: SipRequest, kind: 'www' | 'proxy'): boolean {
    return request.getAll(headerOf(kind)).some((value) => this.#directory.serves(realmOf(value)));
  }

  /** @param realm the served domain that the user says he belongs to. */
  verify(request: SipRequest, kind: 'www' | 'proxy', realm: string): AuthVerdict {
    const address = request.source?.address ?? '';
    if (this.#guesses.isBlocked(address) && request.has(headerOf(kind)))
      return { ok: false, status: 403, reason: 'Too many wrong passwords', headers: [['Retry-After', '60']] };
    let subscriber: Subscriber | undefined;
    const verdict = this.#verifier.verify(
      { method: request.method, uri: request.uriText, address },
      request.getAll(headerOf(kind)),
      realm,
      (username) => {
        // Some phones give their whole address as the user name: another HA1, as the name is hashed into it.
        const whole = username.endsWith(`@${realm}`);
        subscriber = this.#directory.subscriber(whole ? username.slice(0, -realm.length - 1) : username, realm);
        if (!subscriber || subscriber.status === 'closed') return undefined;
        const offered = this.#directory.settings.digestAlgorithms;
        const md5 = whole ? subscriber.ha1Md5AtDomain : subscriber.ha1Md5;
        const sha256 = whole ? subscriber.ha1Sha256AtDomain : subscriber.ha1Sha256;
        return {
          md5: offered.includes('MD5') ? (md5 ?? undefined) : undefined,
          sha256: offered.includes('SHA-256') ? (sha256 ?? undefined) : undefined,
        };
      },
    );
    if (verdict.ok && subscriber) return { ok: true, subscriber };
    const why = verdict.ok ? 'wrong' : verdict.why;
    // Datagrams lie about where they come from: who forges an address must not have it turned away. An answer to a nonce that we sent
    // there, and a connection, do not lie.
    const proven = (!verdict.ok && verdict.proven) || request.source?.protocol !== 'udp';
    if (why === 'wrong') (proven ? this.#guesses : this.#unproven).wrong(address);
    if (why === 'uri' || why === 'malformed') return { ok: false, status: 400, reason: 'Bad credentials', headers: [] };
    // stale=true says that the password is right: who guesses without asking for a nonce must not learn it by the thousand.
    const stale = (why === 'stale' || why === 'replay') && (proven || !this.#unproven.isBlocked(address));
    return { ok: false, ...this.#challenge(request, kind, realm, stale) };
  }

  #challenge(request: SipRequest, kind: 'www' | 'proxy', realm: string, stale: boolean): Pick<AuthRefusal, 'status' | 'headers'> {
    const { digestAlgorithms } = this.#directory.settings;
    const stumbles = digestAlgorithms.includes('MD5') && md5Only.test(request.get('User-Agent') ?? '');
    const name = kind === 'www' ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    const headers = this.#verifier
      .challenge(realm, { stale, address: request.source?.address, algorithms: stumbles ? ['MD5'] : digestAlgorithms })
      .map((value): [string, string] => [name, value]);
    return { status: kind === 'www' ? 401 : 407, headers };
  }
}

const headerOf = (kind: 'www' | 'proxy'): string => (kind === 'www' ? 'Authorization' : 'Proxy-Authorization');

/** Realms of ours are domains: no escapes in them. */
const realmOf = (credentials: string): string => /\brealm\s*=\s*"([^"\\]*)"/i.exec(credentials)?.[1]?.toLowerCase() ?? '';

/**
 * Takes credentials for our domains off a request before it goes on: a digest is nobody else's business (O-93). Those for other realms
 * belong to the next hop and stay (RFC 3261 22.3).
 */
export function stripCredentials(request: SipRequest, directory: Directory): void {
  for (const name of ['Authorization', 'Proxy-Authorization']) {
    const values = request.getAll(name);
    if (values.length === 0) continue;
    const foreign = values.filter((value) => !directory.serves(realmOf(value)));
    if (foreign.length === values.length) continue;
    request.remove(name);
    for (const value of foreign) request.append(name, value);
  }
}
