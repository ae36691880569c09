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
}
