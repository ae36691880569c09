import { createServer, type Socket } from 'node:net';
import { StreamListener } from './stream-listener.ts';
import type { ListenerConfig } from './types.ts';

/** A listening TCP socket. */
export class TcpListener extends StreamListener<'tcp'> {
  constructor(config: ListenerConfig, onSocket: (socket: Socket, listener: TcpListener) => void, onError: (error: Error) => void) {
    super('tcp', config, createServer(), onError);
    this.server.on('connection', (socket) => onSocket(socket, this));
  }
}
