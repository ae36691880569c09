import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Endpoint, Flow, ListenerConfig } from './types.ts';

/** Room in the kernel for a burst while we are busy: at 500 octets a message about 8,000 messages. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

export interface DatagramSink {
  onDatagram(bytes: Buffer, address: string, port: number, listener: UdpListener): void;
  onSocketError(error: Error): void;
}

/** One UDP socket. Addresses are always numeric, so nothing is ever looked up. */
export class UdpListener {
  readonly protocol = 'udp';
  readonly config: ListenerConfig;
  local: Endpoint;
  alive = false;
  private readonly socket: Socket;

  constructor(config: ListenerConfig, sink: DatagramSink) {
    this.config = config;
    this.local = { protocol: 'udp', address: config.address, port: config.port };
    const family = isIPv6(config.address) ? 6 : 4;
    this.socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: family === 6,
      // The default lookup defers every datagram to the next tick even for an address.
      lookup: (address, _options, callback) => callback(null, address, family),
    });
    this.socket.on('message', (bytes, remote) => sink.onDatagram(bytes, remote.address, remote.port, this));
    this.socket.on('error', (error) => sink.onSocketError(error));
  }

  listen(): Promise<Endpoint> {
    return new Promise((resolve, reject) => {
      this.socket.once('error', reject);
      this.socket.bind({ address: this.config.address, port: this.config.port, exclusive: true }, () => {
        this.socket.removeListener('error', reject);
        this.raiseBuffers();
        this.local = { protocol: 'udp', address: this.config.address, port: this.socket.address().port };
        this.alive = true;
        resolve(this.local);
      });
    });
  }

  /** `done` gets the error, or null once the datagram is with the kernel. Never calls back at once. */
  send(bytes: Buffer, address: string, port: number, done: (error: Error | null) => void): void {
    if (!this.alive || port < 1 || port > 65535) {
      process.nextTick(done, new Error(this.alive ? `port ${port} cannot be sent to` : 'the socket is closed'));
      return;
    }
    this.socket.send(bytes, port, address, done);
  }

  flow(address: string, port: number, done: (error: Error | null, onError?: (error: Error) => void) => void): UdpFlow {
    return new UdpFlow(this, address, port, done);
  }

  close(): Promise<void> {
    if (!this.alive) return Promise.resolve();
    this.alive = false;
    return new Promise((resolve) => this.socket.close(resolve));
  }

  /** The kernel may cap the size silently (net.core.rmem_max); it must not stop the start. */
  private raiseBuffers(): void {
    for (const raise of [
      () => this.socket.setRecvBufferSize(SOCKET_BUFFER_BYTES),
      () => this.socket.setSendBufferSize(SOCKET_BUFFER_BYTES),
    ]) {
      try {
        raise();
      } catch {
        // The default size stays.
      }
    }
  }
}

/** A peer seen through one of our sockets. Answers leave from the socket they were asked on (RFC 3581 section 4). */
export class UdpFlow implements Flow {
  readonly protocol = 'udp';
  private readonly listener: UdpListener;
  private readonly address: string;
  private readonly port: number;
  private readonly done: (error: Error | null, onError?: (error: Error) => void) => void;

  constructor(listener: UdpListener, address: string, port: number, done: (error: Error | null, onError?: (error: Error) => void) => void) {
    this.listener = listener;
    this.address = address;
    this.port = port;
    this.done = done;
  }

  get id(): string {
    const { address, port } = this.listener.local;
    return `udp ${address} ${port} ${this.address} ${this.port}`;
  }

  get remote(): Endpoint {
    return { protocol: 'udp', address: this.address, port: this.port };
  }

  get local(): Endpoint {
    return this.listener.local;
  }

  get alive(): boolean {
    return this.listener.alive;
  }

  send(bytes: Buffer, onError?: (error: Error) => void): void {
    this.listener.send(bytes, this.address, this.port, (error) => this.done(error, onError));
  }
}
