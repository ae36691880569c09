import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { CertificateStore } from './certificate-store.ts';

const MIN_VERSION = 'TLSv1.2';

/** The pages over TLS: a second door to the same routes. A new certificate counts from the next connection on. */
export class HttpsListener {
  readonly #store: CertificateStore;
  #server: Server | undefined;
  #leave: () => void = () => undefined;

  constructor(store: CertificateStore) {
    this.#store = store;
  }

  /** undefined while it is closed. */
  get address(): AddressInfo | undefined {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address : undefined;
  }

  /** @throws Error when the address is taken */
  async listen(fastify: FastifyInstance, at: { host: string; port: number }): Promise<AddressInfo> {
    const { keepAliveTimeout, requestTimeout, headersTimeout } = fastify.server;
    const server = createServer(
      { ...this.#store.current(), minVersion: MIN_VERSION, keepAliveTimeout, requestTimeout, headersTimeout },
      (request, response) => fastify.routing(request, response),
    );
    this.#leave = this.#store.onChange(() => server.setSecureContext({ ...this.#store.current(), minVersion: MIN_VERSION }));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at.port, at.host, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
    this.#server = server;
    return server.address() as AddressInfo;
  }

  /** Ends the connections too: streams of live news never end by themselves. */
  async close(): Promise<void> {
    this.#leave();
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
}
