import { isIPv6, type Server } from 'node:net';
import type { Endpoint, ListenerConfig } from './types.ts';

const BACKLOG = 1_024;

/** A listening socket of a stream protocol: TCP, or TLS over it. */
export abstract class StreamListener<P extends 'tcp' | 'tls'> {
  readonly protocol: P;
  readonly config: ListenerConfig;
  local: Endpoint;
  alive = false;
  protected readonly server: Server;

  constructor(protocol: P, config: ListenerConfig, server: Server, onError: (error: Error) => void) {
    this.protocol = protocol;
    this.config = config;
    this.local = { protocol, address: config.address, port: config.port };
    this.server = server;
    this.server.on('error', onError);
  }

  listen(): Promise<Endpoint> {
    const { address, port } = this.config;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host: address, port, ipv6Only: isIPv6(address), backlog: BACKLOG, exclusive: true }, () => {
        this.server.removeListener('error', reject);
        const bound = this.server.address();
        this.local = { protocol: this.protocol, address, port: typeof bound === 'object' && bound ? bound.port : port };
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
