export type Protocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** `address` is a textual IP address, IPv6 without brackets. */
export interface Endpoint {
  protocol: Protocol;
  address: string;
  port: number;
}

/** The way back to one peer: a UDP socket with the peer's address, or a connection. */
export interface Flow {
  readonly id: string;
  readonly protocol: Protocol;
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** False once a connection is closed; a UDP flow lives as long as its socket. */
  readonly alive: boolean;
  send(bytes: Buffer, onError?: (error: Error) => void): void;
}

/** Where a message came from, and through which of our listeners. */
export interface Source extends Endpoint {
  local: Endpoint;
  flow: Flow;
}

/** Where a request goes. */
export interface Target extends Endpoint {
  /** Used when still alive. */
  flow?: Flow;
  /** Prefer the listener with this address. */
  localHint?: Endpoint;
  /** The host of the URI that led here, before DNS: what the certificate of a TLS server must stand for. */
  serverName?: string;
}

/** Where to listen. Port 0 takes a free one. An IPv6 listener takes IPv6 only, so both families can have the same port. */
export interface ListenerConfig {
  protocol: 'udp' | 'tcp' | 'tls';
  address: string;
  port: number;
}

/** Counters since the start; `connections` is the number open now. */
export interface TransportStats {
  received: number;
  sent: number;
  sendErrors: number;
  /** Dropped: not SIP, truncated, a broken response, or a broken request without a readable Via. */
  garbage: number;
  /** Parseable but wrong: answered with 400 or 505. */
  badRequest: number;
  /** Longer than allowed: answered with 513. */
  oversize: number;
  keepAlives: number;
  connections: number;
  /** Connections refused or closed because a limit was reached. */
  refused: number;
  /** Datagrams and connections of banned addresses, thrown away unread. */
  banned: number;
  /** Exceptions of the receiver of a message. */
  faults: number;
}
