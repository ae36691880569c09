import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, createServer, type PeerCertificate, type TLSSocket } from 'node:tls';
import { withoutZone } from './addresses.ts';
import { StreamListener } from './stream-listener.ts';
import type { ListenerConfig, Target } from './types.ts';

const HANDSHAKE_MS = 10_000;
/** Those that have not ended their handshake are not counted by the pool: a flood of them must have an end too. */
const MAX_SOCKETS = 5_000;
const MIN_VERSION = 'TLSv1.2';

/** What we show to peers, as PEM: the certificate with its chain, and its private key. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** What TLS needs to know of the rest of the house. */
export interface TlsSupport {
  identity(): TlsIdentity;
  /** Told when `identity` has changed. @returns stops it */
  onChange(listener: () => void): () => void;
  /** Is the certificate of a server we call checked? Always, unless somebody decided otherwise for this very one. */
  verifies(target: Target): boolean;
}

/** A listening TLS socket (RFC 3261 section 26.3.1). A new certificate is used for the connections that come after it. */
export class TlsListener extends StreamListener<'tls'> {
  private readonly leave: () => void;

  constructor(
    config: ListenerConfig,
    support: TlsSupport,
    o: {
      onSocket: (socket: TLSSocket, listener: TlsListener) => void;
      onError: (error: Error) => void;
      /** Asked before the handshake, which is what costs. */
      admits: (address: string) => boolean;
    },
  ) {
    const server = createServer({ ...support.identity(), minVersion: MIN_VERSION, handshakeTimeout: HANDSHAKE_MS });
    super('tls', config, server, o.onError);
    server.maxConnections = MAX_SOCKETS;
    server.on('connection', (socket: Socket) => {
      if (!o.admits(socket.remoteAddress ?? '')) socket.destroy();
    });
    server.on('secureConnection', (socket) => o.onSocket(socket, this));
    // A peer that speaks no TLS, or none of ours: its own fault, and any scanner's pastime.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    this.leave = support.onChange(() => server.setSecureContext({ ...support.identity(), minVersion: MIN_VERSION }));
  }

  override close(): Promise<void> {
    this.leave();
    return super.close();
  }
}

/**
 * Opens a connection and, where wanted, insists that the other side is whom we called. Until the handshake is over nothing is sent.
 * @param localAddress address of ours to call from
 */
export function connectTls(target: Target, support: TlsSupport, localAddress: string | undefined): TLSSocket {
  const name = nameOf(target);
  return connect({
    host: target.address,
    port: target.port,
    ...(localAddress !== undefined && { localAddress }),
    ...support.identity(),
    minVersion: MIN_VERSION,
    // Names only: an address is no server name (RFC 6066 section 3).
    ...(isIP(name) === 0 && { servername: name }),
    rejectUnauthorized: support.verifies(target),
    checkServerIdentity: (_, certificate) => checkSipIdentity(name, certificate),
  });
}

/** The name a certificate must stand for: that of the URI, before any DNS (RFC 5922 section 7.3). */
export const nameOf = (target: Target): string => target.serverName ?? withoutZone(target.address);

/**
 * RFC 5922 section 7.1: a certificate with sip: URIs among its names stands for those and for nothing else; one without stands for its DNS
 * names and addresses. Wildcards are taken there, as carriers use them.
 */
export function checkSipIdentity(name: string, certificate: PeerCertificate): Error | undefined {
  const uris = [...(certificate.subjectaltname ?? '').matchAll(/(?:^|, )URI:sips?:([^,;?\s"]+)/gi)].map((match) =>
    (match[1] ?? '').toLowerCase(),
  );
  if (uris.length === 0) return checkServerIdentity(name, certificate);
  return uris.includes(name.toLowerCase()) ? undefined : new Error(`it stands for ${uris.join(', ')}`);
}

const WORDS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes without its chain, or from an authority that is not trusted here',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet (is the clock right?)',
  CERT_REVOKED: 'has been revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for other names',
};

/** The fault of a TLS connection in words that say what to do. */
export function tlsFault(error: Error & { code?: string; reason?: string }, target: Target): Error {
  const name = nameOf(target);
  const words = WORDS[error.code ?? ''];
  if (words !== undefined) return new Error(`TLS: the certificate of ${name} ${words}`, { cause: error });
  if (error.message.startsWith('it stands for '))
    return new Error(`TLS: the certificate is not for ${name}: ${error.message}`, { cause: error });
  if (error.code === 'ECONNREFUSED') return new Error(`TLS: nobody listens at ${target.address} port ${target.port}`, { cause: error });
  return new Error(`TLS to ${name}: ${error.reason ?? error.message}`, { cause: error });
}
