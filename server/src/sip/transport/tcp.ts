import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Endpoint, ListenerConfig } from './types.ts';

const BACKLOG = 1_024;

/** A listening TCP socket. */
export class TcpListener {
  readonly protocol = 'tcp';
  readonly config: ListenerConfig;
  local: Endpoint;
  alive = false;
  private readonly server: Server;

  constructor(config: ListenerConfig, onSocket: (socket: Socket, listener: TcpListener) => void, onError: (error: Error) => void) {
    this.config = config;
    this.local = { protocol: 'tcp', address: config.address, port: config.port };
    this.server = createServer((socket) => onSocket(socket, this));
    this.server.on('error', onError);
  }

  listen(): Promise<Endpoint> {
    const { address, port } = this.config;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host: address, port, ipv6Only: isIPv6(address), backlog: BACKLOG, exclusive: true }, () => {
        this.server.removeListener('error', reject);
        const bound = this.server.address();
        this.local = { protocol: 'tcp', address, port: typeof bound === 'object' && bound ? bound.port : port };
        this.alive = true;
        resolve(this.local);
      });
    });
  }

  close(): Promise<void> {
    if (!this.alive) return Promise.resolve();
    this.alive = false;
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
