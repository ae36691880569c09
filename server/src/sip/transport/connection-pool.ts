import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, type ConnectionSink, StreamConnection, type StreamLimits } from './stream-connection.ts';
import { connectTls, nameOf, type TlsSupport, tlsFault } from './tls.ts';
import type { Endpoint, Target } from './types.ts';

export interface ConnectionPoolOptions {
  limits: StreamLimits;
  sink: ConnectionSink;
  onRefused: () => void;
  now: () => number;
  /** Needed for TLS. */
  tls?: TlsSupport | undefined;
}

/** A listener of a connection-oriented transport, as far as connections know it. */
interface StreamListener {
  readonly protocol: 'tcp' | 'tls';
  readonly local: Endpoint;
}

/** All TCP and TLS connections, theirs and ours, found again by the address and port of the peer (RFC 3261 section 18). */
export class ConnectionPool {
  private readonly options: ConnectionPoolOptions;
  private readonly byRemote = new Map<string, StreamConnection>();
  private readonly all = new Map<StreamConnection, string>();
  private readonly perAddress = new Map<string, number>();
  private created = 0;
  private closed = false;

  constructor(options: ConnectionPoolOptions) {
    this.options = options;
  }

  get size(): number {
    return this.all.size;
  }

  /** Takes a connection that a peer opened, or closes it when there are too many. */
  accept(socket: Socket, listener: StreamListener): void {
    const address = socket.remoteAddress;
    if (address === undefined || socket.remotePort === undefined || this.isFull(address)) {
      if (address !== undefined) this.options.onRefused();
      // A peer that is gone already has no address, and may still report an error.
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const { protocol } = listener;
    const local: Endpoint = { protocol, address: socket.localAddress ?? listener.local.address, port: listener.local.port };
    const remote: Endpoint = { protocol, address, port: socket.remotePort };
    this.add(socket, { remote, local }, keyOf(remote, ''));
  }

  /** The connection to that peer: one that is open, or a new one. Undefined when there are too many. */
  connectionTo(target: Target, listener: StreamListener, bindAddress: string | undefined): StreamConnection | undefined {
    const { address, port } = target;
    const { protocol } = listener;
    const { tls } = this.options;
    // A connection proven to lead to one name says nothing of another one at the same address.
    const proof = protocol === 'tls' && tls ? `${nameOf(target)}${tls.verifies(target) ? '' : ' unproven'}` : '';
    const key = keyOf({ protocol, address, port }, proof);
    const open = this.byRemote.get(key);
    if (open?.alive) return open;
    if (this.isFull(address)) {
      this.options.onRefused();
      return undefined;
    }
    const ends = { remote: { protocol, address, port }, local: listener.local };
    if (protocol === 'tls' && tls) {
      const explain = (error: Error) => tlsFault(error, target);
      return this.add(connectTls(target, tls, bindAddress), { ...ends, readyOn: 'secureConnect', explain }, key);
    }
    return this.add(connect({ host: address, port, ...(bindAddress !== undefined && { localAddress: bindAddress }) }), ends, key);
  }

  checkTimes(): void {
    const now = this.options.now();
    for (const connection of this.all.keys()) connection.checkTime(now);
  }

  /** Cuts the connections with the addresses that are meant. */
  closeWhere(isMeant: (address: string) => boolean): void {
    for (const connection of this.all.keys()) if (isMeant(connection.remote.address)) connection.destroy();
  }

  closeAll(): void {
    this.closed = true;
    for (const connection of this.all.keys()) connection.destroy();
  }

  private isFull(address: string): boolean {
    const { maxConnections, maxPerAddress } = this.options.limits;
    return this.closed || this.all.size >= maxConnections || (this.perAddress.get(address) ?? 0) >= maxPerAddress;
  }

  private add(socket: Socket, ends: Pick<ConnectionOptions, 'remote' | 'local' | 'readyOn' | 'explain'>, key: string): StreamConnection {
    const { limits, sink, now } = this.options;
    const { protocol } = ends.remote;
    const connection = new StreamConnection(socket, {
      id: `${protocol} ${++this.created}`,
      protocol,
      ...ends,
      limits,
      now,
      sink: {
        ...sink,
        onClose: (closed) => {
          this.forget(closed);
          sink.onClose(closed);
        },
      },
    });
    this.all.set(connection, key);
    this.byRemote.set(key, connection);
    const { address } = ends.remote;
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    return connection;
  }

  private forget(connection: StreamConnection): void {
    const key = this.all.get(connection);
    if (key === undefined) return;
    this.all.delete(connection);
    if (this.byRemote.get(key) === connection) this.byRemote.delete(key);
    const { address } = connection.remote;
    const left = (this.perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.perAddress.set(address, left);
    else this.perAddress.delete(address);
  }
}

const keyOf = ({ protocol, address, port }: Endpoint, proof: string): string => `${protocol} ${address} ${port} ${proof}`;
