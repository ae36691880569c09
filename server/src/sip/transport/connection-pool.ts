import { connect, type Socket } from 'node:net';
import { type ConnectionSink, StreamConnection, type StreamLimits } from './stream-connection.ts';
import type { Endpoint } from './types.ts';

export interface ConnectionPoolOptions {
  limits: StreamLimits;
  sink: ConnectionSink;
  onRefused: () => void;
  now: () => number;
}

/** All TCP connections, theirs and ours, found again by the address and port of the peer (RFC 3261 section 18). */
export class ConnectionPool {
  private readonly options: ConnectionPoolOptions;
  private readonly byRemote = new Map<string, StreamConnection>();
  private readonly all = new Set<StreamConnection>();
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
  accept(socket: Socket, listener: Endpoint): void {
    const address = socket.remoteAddress;
    if (address === undefined || socket.remotePort === undefined || this.isFull(address)) {
      if (address !== undefined) this.options.onRefused();
      // A peer that is gone already has no address, and may still report an error.
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const local: Endpoint = { protocol: 'tcp', address: socket.localAddress ?? listener.address, port: listener.port };
    this.add(socket, { protocol: 'tcp', address, port: socket.remotePort }, local);
  }

  /** The connection to that peer: one that is open, or a new one. Undefined when there are too many. */
  connectionTo(address: string, port: number, listener: Endpoint, bindAddress: string | undefined): StreamConnection | undefined {
    const open = this.byRemote.get(keyOf(address, port));
    if (open?.alive) return open;
    if (this.isFull(address)) {
      this.options.onRefused();
      return undefined;
    }
    const socket = connect({ host: address, port, ...(bindAddress === undefined ? {} : { localAddress: bindAddress }) });
    return this.add(socket, { protocol: 'tcp', address, port }, listener);
  }

  checkTimes(): void {
    const now = this.options.now();
    for (const connection of this.all) connection.checkTime(now);
  }

  closeAll(): void {
    this.closed = true;
    for (const connection of this.all) connection.destroy();
  }

  private isFull(address: string): boolean {
    const { maxConnections, maxPerAddress } = this.options.limits;
    return this.closed || this.all.size >= maxConnections || (this.perAddress.get(address) ?? 0) >= maxPerAddress;
  }

  private add(socket: Socket, remote: Endpoint, local: Endpoint): StreamConnection {
    const { limits, sink, now } = this.options;
    const connection = new StreamConnection(socket, {
      id: `tcp ${++this.created}`,
      protocol: 'tcp',
      remote,
      local,
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
    this.all.add(connection);
    this.byRemote.set(keyOf(remote.address, remote.port), connection);
    this.perAddress.set(remote.address, (this.perAddress.get(remote.address) ?? 0) + 1);
    return connection;
  }

  private forget(connection: StreamConnection): void {
    const { address, port } = connection.remote;
    this.all.delete(connection);
    if (this.byRemote.get(keyOf(address, port)) === connection) this.byRemote.delete(keyOf(address, port));
    const left = (this.perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.perAddress.set(address, left);
    else this.perAddress.delete(address);
  }
}

const keyOf = (address: string, port: number): string => `${address} ${port}`;
