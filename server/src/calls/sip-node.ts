import type { AccountBook } from '../billing/account-book.ts';
import type { CallCharging } from '../billing/call-record.ts';
import type { Directory } from '../directory/directory.ts';
import type { Binding } from '../registrar/binding.ts';
import { needsRport } from '../registrar/nat.ts';
import type { BindingStore, Registrar } from '../registrar/registrar.ts';
import { bracketed, SipSyntaxError, SipUri } from '../sip/message/index.ts';
import { token } from '../sip/token.ts';
import { type Cancel, type Clock, type LayerStats, type SipTimers, systemClock, type TransactionLayer } from '../sip/transaction/index.ts';
import {
  type Endpoint,
  type ListenerConfig,
  ServerLocator,
  type Target,
  type TlsSupport,
  TransportLayer,
  type TransportStats,
} from '../sip/transport/index.ts';
import type { ActiveCalls } from './active-calls.ts';
import type { ServiceParts } from './answer/ports.ts';
import { assemble } from './assembly.ts';
import { BridgeService } from './bridge/index.ts';
import type { GatewayMonitor } from './gateways/gateway-monitor.ts';
import { GatewayProber } from './gateways/gateway-prober.ts';
import { GatewayRegistrations } from './gateways/gateway-registrations.ts';
import { OutOfDialogSender } from './gateways/out-of-dialog.ts';
import type { GuessLimiter } from './guess-limiter.ts';
import type { MediaParts } from './media/relays.ts';
import type { MessageWaiting } from './mwi/message-waiting.ts';
import { KeepAlive, type KeepAliveStats } from './nat/keep-alive.ts';
import type { PhoneLocator } from './phone-locator.ts';
import { phoneTarget } from './phone-target.ts';
import type { RoutePlanner } from './route-planner.ts';

export interface SipNodeOptions {
  readonly directory: Directory;
  readonly charging: CallCharging;
  readonly accounts: Pick<AccountBook, 'accountOf' | 'available' | 'dailyLeft'>;
  readonly bindings: BindingStore;
  readonly listeners: readonly ListenerConfig[];
  /** Address or name that peers shall see instead of the bound one. */
  readonly advertisedAddress?: string;
  /** Certificate and policy of TLS; needed for listeners that speak it. */
  readonly tls?: TlsSupport;
  /** Addresses that are not listened to at all. */
  readonly isBanned?: (address: string) => boolean;
  /** Who relays media, and what is recorded. */
  readonly media: MediaParts;
  /** What is needed to answer calls here; without it none is. */
  readonly services?: ServiceParts;
  /** Answers to STUN binding requests on the SIP ports (RFC 5626 4.4.2). */
  readonly stun?: (bytes: Buffer, address: string, port: number) => Buffer | undefined;
  /** Faults that an operator should see. */
  readonly log: (message: string, error?: unknown) => void;
  readonly timers?: Partial<SipTimers>;
  readonly clock?: Clock;
  /** Wall clock, epoch ms. */
  readonly wall?: () => number;
}

export interface PingAnswer {
  /** null: no answer. */
  readonly status: number | null;
  readonly reason: string;
  readonly rttMs: number | null;
}

export interface NodeStats {
  /** Epoch ms; null before the start. */
  readonly startedAt: number | null;
  readonly transactions: { readonly server: number; readonly client: number };
  readonly layer: Readonly<LayerStats>;
  readonly transport: Readonly<TransportStats>;
  readonly bindings: { readonly registered: number; readonly expired: number };
  readonly keepAlive: KeepAliveStats;
  readonly calls: number;
}

const SWEEP_MS = 5_000;
/** Sweeps between two looks at where the gateways' names lead. */
const SWEEPS_PER_LOOK = 12;
const GOODBYE_MS = 300;
/** A person waits for the answer. */
const PING_MS = 6_000;

/** The SIP side of the company, put together: sockets at the bottom, the pipeline on top. */
export class SipNode {
  readonly calls: ActiveCalls;
  readonly registrar: Registrar;
  readonly gateways: GatewayMonitor;
  readonly planner: RoutePlanner;
  readonly keepAlive: KeepAlive;
  readonly waiting: MessageWaiting;
  /** Tells of wrong SIP passwords: `authFailures.watch(({ address, count, blocked }) => ...)`. */
  readonly authFailures: Pick<GuessLimiter, 'watch'>;
  readonly #options: SipNodeOptions;
  readonly #clock: Clock;
  readonly #wall: () => number;
  readonly #transport: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #sender: OutOfDialogSender;
  readonly #phones: PhoneLocator;
  #prober: GatewayProber | undefined;
  #registrations: GatewayRegistrations | undefined;
  #endpoints: readonly Endpoint[] = [];
  #startedAt: number | null = null;
  #sweep: Cancel = () => undefined;

  constructor(options: SipNodeOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock;
    const wall = options.wall ?? Date.now;
    this.#clock = clock;
    this.#wall = wall;
    this.#transport = new TransportLayer({
      listeners: options.listeners,
      advertisedAddress: options.advertisedAddress,
      tls: options.tls,
      isBanned: options.isBanned,
      stun: options.stun,
      forcesRport: (request, source) => needsRport(request, source, options.directory.settings.sipAsymmetricAgents),
      clock,
      log: options.log,
    });
    const locator = new ServerLocator(undefined, {
      clock,
      protocols: protocolsOf(options.listeners),
      families: familiesOf(options.listeners),
    });
    const transport = this.#transport;
    const made = assemble({ ...options, transport, locator, clock, wall, bridge: (ports) => new BridgeService(ports) });
    this.#transactions = made.transactions;
    this.#sender = new OutOfDialogSender(made.transactions, locator);
    this.keepAlive = new KeepAlive({ ...made, directory: options.directory, locator: made.phones });
    this.calls = made.calls;
    this.registrar = made.registrar;
    this.gateways = made.gateways;
    this.planner = made.planner;
    this.waiting = made.waiting;
    this.authFailures = made.guesses;
    this.#phones = made.phones;
  }

  /** Opens the listeners. The directory and the bindings have been loaded. */
  async start(): Promise<readonly Endpoint[]> {
    this.#endpoints = await this.#transport.start();
    this.#startedAt = this.#wall();
    const parts = { directory: this.#options.directory, monitor: this.gateways, sender: this.#sender, clock: this.#clock };
    this.#prober = new GatewayProber(parts);
    this.#registrations = new GatewayRegistrations(parts);
    this.keepAlive.start();
    this.#scheduleSweep();
    return this.#endpoints;
  }

  /** Ends the calls that go on, says goodbye to the gateways and closes the listeners. */
  async stop(): Promise<void> {
    this.#sweep();
    this.#prober?.stop();
    this.keepAlive.stop();
    const ending = [...this.calls.list()];
    for (const call of ending) call.hangup('error', 'The server is stopping');
    await this.#registrations?.stop();
    // Time for the BYEs to be sent and answered.
    if (ending.length > 0) await new Promise<void>((resolve) => this.#clock.after(GOODBYE_MS, resolve));
    await this.#transport.stop();
  }

  /** Cuts the connections of addresses that have been banned meanwhile. */
  dropBanned(): void {
    this.#transport.dropBanned();
  }

  /** Where it listens, once started. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** The same as text: `udp:127.0.0.1:5060`. */
  get addresses(): string[] {
    return this.#endpoints.map(({ protocol, address, port }) => `${protocol}:${bracketed(address)}:${port}`);
  }

  /**
   * Asks a SIP address with OPTIONS whether it lives.
   * @param text SIP URI, or `host:port`
   * @param target the way there; else it is looked up
   */
  async ping(text: string, target?: Target): Promise<PingAnswer> {
    let uri: SipUri;
    try {
      uri = SipUri.parse(/^(sips?|tel):/i.test(text) ? text : `sip:${text}`);
    } catch (error) {
      if (error instanceof SipSyntaxError) return { status: null, reason: `Not a SIP address: ${error.message}`, rttMs: null };
      throw error;
    }
    const from = new SipUri('sip', 'dialtone', this.#options.directory.settings.domain);
    const began = this.#clock.now();
    const question = this.#sender.send({ method: 'OPTIONS', uri, from, to: uri, callId: token(20), cseq: 1, target });
    const tired = new Promise<undefined>((resolve) => this.#clock.after(PING_MS, () => resolve(undefined)));
    const answer = await Promise.race([question, tired]);
    if (!answer) return { status: null, reason: 'No answer', rttMs: null };
    return { status: answer.status, reason: answer.reason, rttMs: Math.round((this.#clock.now() - began) * 10) / 10 };
  }

  /** The same of a registered phone, which may be behind NAT. */
  pingPhone(binding: Binding): Promise<PingAnswer> {
    return this.ping(binding.contact, phoneTarget(binding, this.#phones)?.target);
  }

  stats(): NodeStats {
    const { serverActive, clientActive, stats } = this.#transactions;
    return {
      startedAt: this.#startedAt,
      transactions: { server: serverActive, client: clientActive },
      layer: stats,
      transport: this.#transport.stats,
      bindings: this.registrar.stats,
      keepAlive: this.keepAlive.stats,
      calls: this.calls.size,
    };
  }

  #scheduleSweep(count = 0): void {
    this.#sweep = this.#clock.after(SWEEP_MS, () => {
      this.registrar.sweep();
      if (count % SWEEPS_PER_LOOK === 0) this.#phones.refresh().catch((error: unknown) => this.#options.log('Names of gateways', error));
      this.#scheduleSweep(count + 1);
    });
  }
}

const protocolsOf = (listeners: readonly ListenerConfig[]) => [...new Set(listeners.map(({ protocol }) => protocol))];

const familiesOf = (listeners: readonly ListenerConfig[]): (4 | 6)[] => {
  const families = new Set(listeners.map(({ address }) => (address.includes(':') ? 6 : 4)));
  return families.size === 0 ? [4] : ([4, 6] as const).filter((family) => families.has(family));
};
