import type { Socket } from 'node:net';
import { type BadRequest, parseMessage } from '../message/parse.ts';
import type { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';
import { bracketed } from '../message/uri.ts';
import { isWildcard, OwnAddresses } from './addresses.ts';
import { ConnectionPool } from './connection-pool.ts';
import { type Listener, Listeners } from './listeners.ts';
import { stampVia } from './stamp-via.ts';
import { DEFAULT_STREAM_LIMITS, type StreamConnection, type StreamLimits } from './stream-connection.ts';
import { TcpListener } from './tcp.ts';
import { TlsListener, type TlsSupport } from './tls.ts';
import type { Endpoint, Flow, ListenerConfig, Source, Target, TransportStats } from './types.ts';
import { UdpListener } from './udp.ts';

export interface TransportOptions {
  listeners: readonly ListenerConfig[];
  /** What peers shall see instead of the bind address: an IP address or name; one for each family, separated by a comma. */
  advertisedAddress?: string;
  /** Longer datagrams are answered with 513. */
  maxDatagram?: number;
  /** Longer messages on a stream are answered with 513, and the connection is closed. */
  maxStreamMessage?: number;
  streamLimits?: Partial<StreamLimits>;
  /** Needed for TLS listeners, and to call with TLS. */
  tls?: TlsSupport | undefined;
  /** Addresses of which nothing is read at all. */
  isBanned?: ((address: string) => boolean) | undefined;
  /** Shall the answer go back to the port a datagram came from, although its sender did not ask for that by rport (O-151)? */
  forcesRport?: ((request: SipRequest, source: Source) => boolean) | undefined;
  /** Answers to STUN binding requests, by which phones keep their flows over UDP open (RFC 5626 section 4.4.2); undefined: not one of them. */
  stun?: ((bytes: Buffer, address: string, port: number) => Buffer | undefined) | undefined;
  /** Faults that an operator should see. */
  log?: (message: string, error?: unknown) => void;
  clock?: { now(): number };
}

const SWEEP_MS = 1_000;

/** Sends and receives SIP messages over all listeners (RFC 3261 section 18, RFC 3581). */
export class TransportLayer {
  onMessage: (message: SipRequest | SipResponse, source: Source) => void = () => undefined;
  /** A request that has to be refused and can be answered. Never an ACK. */
  onBadRequest: (request: SipRequest, status: BadRequest['status'], reason: string, source: Source) => void = () => undefined;

  private readonly counters: TransportStats = {
    received: 0,
    sent: 0,
    sendErrors: 0,
    garbage: 0,
    badRequest: 0,
    oversize: 0,
    keepAlives: 0,
    connections: 0,
    refused: 0,
    banned: 0,
    faults: 0,
  };
  private readonly listeners: Listeners;
  private readonly pool: ConnectionPool;
  private readonly addresses: OwnAddresses;
  private readonly maxDatagram: number;
  private readonly log: (message: string, error?: unknown) => void;
  private readonly now: () => number;
  private readonly tls: TlsSupport | undefined;
  private readonly isBanned: (address: string) => boolean;
  private readonly forcesRport: NonNullable<TransportOptions['forcesRport']>;
  private readonly stun: TransportOptions['stun'];
  private sweeper: NodeJS.Timeout | undefined;

  constructor(options: TransportOptions) {
    const clock = options.clock ?? performance;
    this.now = () => clock.now();
    this.log = options.log ?? (() => undefined);
    this.maxDatagram = options.maxDatagram ?? 65_535;
    this.tls = options.tls;
    this.isBanned = options.isBanned ?? (() => false);
    this.forcesRport = options.forcesRport ?? (() => false);
    this.stun = options.stun;
    this.addresses = new OwnAddresses(options.advertisedAddress?.split(',').map((address) => address.trim()) ?? [], this.now);
    this.pool = new ConnectionPool({
      limits: {
        ...DEFAULT_STREAM_LIMITS,
        ...(options.maxStreamMessage === undefined ? {} : { maxMessageBytes: options.maxStreamMessage }),
        ...options.streamLimits,
      },
      now: this.now,
      tls: options.tls,
      onRefused: () => this.counters.refused++,
      sink: {
        onMessage: (message, connection) => this.receive(message, sourceOf(connection)),
        onBadRequest: (request, status, reason, connection) => this.refuse(request, status, reason, sourceOf(connection)),
        onPing: () => this.counters.keepAlives++,
        onGarbage: () => this.counters.garbage++,
        onSent: (error) => this.count(error),
        onClose: () => undefined,
      },
    });
    this.listeners = new Listeners(
      options.listeners.map((config) => this.listenerFor(config)),
      this.log,
    );
  }

  get stats(): Readonly<TransportStats> {
    this.counters.connections = this.pool.size;
    return this.counters;
  }

  /** Opens all listeners; answers with their real ports. Rejects, with all closed again, when one cannot be opened. */
  async start(): Promise<Endpoint[]> {
    const opened = await this.listeners.open().catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
    this.sweeper = setInterval(() => this.pool.checkTimes(), SWEEP_MS);
    this.sweeper.unref();
    return opened;
  }

  async stop(): Promise<void> {
    clearInterval(this.sweeper);
    this.pool.closeAll();
    await this.listeners.close();
  }

  /** Sends to the target; sent-by of the topmost Via is made right for the listener it leaves from. */
  sendRequest(request: SipRequest, target: Target, onError?: (error: Error) => void): void {
    const flow = this.flowTo(target);
    if (!flow) {
      this.failLater(`nothing to send ${target.protocol} to ${target.address} from`, onError);
      return;
    }
    const { protocol, sentBy, host, port } = this.viaFor(target);
    // Nearly always it is right already, which its text tells without being parsed.
    const via = request.get('via')?.startsWith(`SIP/2.0/${protocol} ${sentBy};`) ? undefined : request.topVia;
    if (via && (via.protocol !== protocol || via.sentBy !== sentBy)) {
      const ours = via.clone();
      ours.protocol = protocol;
      ours.host = host;
      ours.port = port;
      request.updateTopVia(ours);
    }
    flow.send(request.toBuffer(), onError);
  }

  /**
   * Sends a response back to where its request came from (RFC 3261 section 18.2.2, RFC 3581 section 4). `to` is the source of
   * the request; its address, not what a Via says, decides where the response goes, so a forged Via steers nothing.
   */
  sendResponse(response: SipResponse, to: Source, onError?: (error: Error) => void): void {
    const via = response.topVia;
    if (to.protocol === 'udp') {
      // Without rport the response goes to the port the sender listens on, which its Via says.
      const port = via && via.rport === undefined ? (via.port ?? 5060) : to.port;
      const flow = port === to.port ? to.flow : this.flowTo({ ...to, port, flow: undefined }, to.local);
      if (flow) flow.send(response.toBuffer(), onError);
      else this.failLater('the socket is closed', onError);
      return;
    }
    // On a closed connection: open one to the address it came from, at the port of the Via.
    const port = via?.port ?? (to.protocol === 'tls' ? 5061 : 5060);
    const flow = to.flow.alive ? to.flow : this.flowTo({ ...to, port, flow: undefined, ...(via && { serverName: via.host }) });
    if (flow) flow.send(response.toBuffer(), onError);
    else this.failLater('the connection is closed', onError);
  }

  /** What a Via, Record-Route or Contact of ours says in a message to that target. */
  viaFor(target: Target): { protocol: string; sentBy: string; host: string; port: number } {
    const protocol = target.protocol.toUpperCase();
    const local = (target.flow?.alive ? this.listeners.at(target.flow.local) : this.listeners.choose(target))?.local ?? target.flow?.local;
    if (!local) return { protocol, sentBy: `${bracketed(target.address)}:${target.port}`, host: target.address, port: target.port };
    const host = this.addresses.towards(target.address, local.address);
    return { protocol, sentBy: `${bracketed(host)}:${local.port}`, host, port: local.port };
  }

  /** The address of ours that media for that target names, and the one to bind it to: both as for signalling. Without brackets. */
  mediaAddress(target: Target): { advertise: string; bind: string } {
    const bound =
      (target.flow?.alive ? this.listeners.at(target.flow.local) : this.listeners.choose(target))?.local.address ??
      target.flow?.local.address;
    return { advertise: this.viaFor(target).host, bind: bound ?? (target.address.includes(':') ? '::' : '0.0.0.0') };
  }

  /** True when `host` is an address of ours (bound, of this machine, or advertised) and, if given, `port` one we listen on. */
  ownAddress(host: string, port?: number): boolean {
    return this.listeners.own(host.toLowerCase(), this.addresses, port);
  }

  private listenerFor(config: ListenerConfig): Listener {
    const onSocketError = (error: Error) => this.log(`${config.protocol}:${bracketed(config.address)}:${config.port}`, error);
    if (config.protocol === 'tcp') return new TcpListener(config, (socket, listener) => this.accept(socket, listener), onSocketError);
    if (config.protocol === 'tls') {
      if (!this.tls) throw new Error('a TLS listener needs a certificate');
      return new TlsListener(config, this.tls, {
        onSocket: (socket, listener) => this.pool.accept(socket, listener),
        onError: onSocketError,
        admits: (address) => this.admits(address),
      });
    }
    return new UdpListener(config, {
      onDatagram: (bytes, address, port, listener) => this.receiveDatagram(bytes, address, port, listener),
      onSocketError,
    });
  }

  /** Cuts the connections of addresses that have been banned meanwhile. */
  dropBanned(): void {
    this.pool.closeWhere(this.isBanned);
  }

  private accept(socket: Socket, listener: TcpListener): void {
    if (this.admits(socket.remoteAddress ?? '')) this.pool.accept(socket, listener);
    else socket.destroy();
  }

  private admits(address: string): boolean {
    if (!this.isBanned(address)) return true;
    this.counters.banned++;
    return false;
  }

  private flowTo(target: Target, hint = target.localHint): Flow | undefined {
    if (target.flow?.alive) return target.flow;
    const listener = this.listeners.choose(target, hint);
    if (!listener) return undefined;
    if (listener.protocol === 'udp') return listener.flow(target.address, target.port, this.onSent);
    const bound = listener.local.address;
    return this.pool.connectionTo(target, listener, isWildcard(bound) ? undefined : bound);
  }

  private receiveDatagram(bytes: Buffer, address: string, port: number, listener: UdpListener): void {
    if (!this.admits(address)) return;
    if (bytes.length <= 4) {
      // Phones keep the way through a router open with CRLF CRLF or a few zero octets.
      this.counters.keepAlives++;
      return;
    }
    // The first two bits of STUN are zero, and no SIP message begins so (RFC 5389 section 8).
    const keepAlive = bytes[0]! < 0x40 ? this.stun?.(bytes, address, port) : undefined;
    if (keepAlive) {
      this.counters.keepAlives++;
      listener.send(keepAlive, address, port, this.onSent);
      return;
    }
    const result = parseMessage(bytes);
    const source: Source = { protocol: 'udp', address, port, local: listener.local, flow: listener.flow(address, port, this.onSent) };
    if (result.ok) {
      if (bytes.length <= this.maxDatagram) this.receive(result.message, source);
      else if (result.message.kind === 'request') this.refuse(result.message, 513, 'Message Too Large', source);
      else this.counters.oversize++;
    } else if (result.kind === 'bad-request' && result.message) this.refuse(result.message, result.status, result.reason, source);
    else this.counters.garbage++;
  }

  private receive(message: SipRequest | SipResponse, source: Source): void {
    this.counters.received++;
    try {
      message.source = source;
      if (message.kind === 'request') {
        message.receivedAt = this.now();
        stampVia(message, source, source.protocol === 'udp' && this.forcesRport(message, source));
      }
      this.onMessage(message, source);
    } catch (error) {
      this.counters.faults++;
      this.log(`a message from ${source.address} could not be handled`, error);
    }
  }

  private refuse(request: SipRequest, status: BadRequest['status'], reason: string, source: Source): void {
    if (status === 513 || status === 413) this.counters.oversize++;
    else this.counters.badRequest++;
    // An ACK is never answered (RFC 3261 section 17.2.1).
    if (request.method === 'ACK') return;
    try {
      request.source = source;
      stampVia(request, source);
      this.onBadRequest(request, status, reason, source);
    } catch (error) {
      this.counters.faults++;
      this.log(`a bad request from ${source.address} could not be answered`, error);
    }
  }

  private readonly onSent = (error: Error | null, onError?: (error: Error) => void): void => {
    this.count(error);
    if (error) onError?.(error);
  };

  private count(error: Error | null): void {
    if (error) this.counters.sendErrors++;
    else this.counters.sent++;
  }

  private failLater(message: string, onError?: (error: Error) => void): void {
    this.counters.sendErrors++;
    if (onError) process.nextTick(onError, new Error(message));
  }
}

function sourceOf(connection: StreamConnection): Source {
  const { protocol, address, port } = connection.remote;
  return { protocol, address, port, local: connection.local, flow: connection };
}
