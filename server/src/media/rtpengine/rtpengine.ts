import type { Translator } from '../chain/chained-relay.ts';
import type { RelayEngine, RelayEngineStats, RelayNode, RelayOrder, RelaySession, SideMedia } from '../engine.ts';
import type { NgAddress } from './ng-client.ts';
import { RtpengineNode } from './node.ts';
import { OwnDaemon, type OwnDaemonOptions } from './own-daemon.ts';
import { RtpengineSession, type Transcodable } from './rtpengine-session.ts';

export interface RtpengineOptions {
  /** Daemons that somebody else runs; none: one is started and looked after here. */
  readonly nodes: readonly NgAddress[];
  readonly own: OwnDaemonOptions;
  readonly transcode: readonly Transcodable[];
}

/** What we can hear: added to what is offered where we are to. */
const AUDIBLE: readonly Transcodable[] = ['PCMA', 'PCMU'];

/** Wildcards, which are no address to send to. */
const ANY = new Set(['0.0.0.0', '::']);

/** How often each call is looked at for silence; three times within a short limit. */
const LOOK_MS = 5000;

/**
 * Media through rtpengine daemons: encryption, ICE and other codecs besides what the built-in relay does. New calls go to the daemons that
 * live in turn; the calls of one that dies are over.
 */
export class Rtpengine implements RelayEngine, Translator {
  readonly name = 'rtpengine';
  readonly #nodes: readonly RtpengineNode[];
  readonly #transcode: readonly Transcodable[];
  readonly #own: OwnDaemon | undefined;
  readonly #sessions = new Set<RtpengineSession>();
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;
  #losses = 0;
  /** Figures of the calls that are over. */
  #past = { packets: 0, bytes: 0 };

  private constructor({ nodes, transcode }: RtpengineOptions, own: OwnDaemon | undefined) {
    this.#own = own;
    this.#nodes = own
      ? [new RtpengineNode(own.address, (side) => own.interfaceFor(side))]
      : nodes.map((address) => new RtpengineNode(address));
    this.#transcode = transcode;
    for (const node of this.#nodes) node.onDown = () => this.#onDown(node);
  }

  /** Knows of every daemon whether it lives when it resolves. */
  static async start(options: RtpengineOptions): Promise<Rtpengine> {
    const engine = new Rtpengine(options, options.nodes.length === 0 ? await OwnDaemon.start(options.own) : undefined);
    await Promise.all(engine.#nodes.map((node) => node.start()));
    return engine;
  }

  get healthy(): boolean {
    return this.#nodes.some(({ healthy }) => healthy);
  }

  get nodes(): readonly RelayNode[] {
    return this.#nodes.map(({ address, healthy }) => ({ address, healthy }));
  }

  /** Does it look at every call for codecs to translate? */
  get transcodes(): boolean {
    return this.#transcode.length > 0;
  }

  /** By loopback where the daemon is our own. Others listen where their operator says, which may be another machine. */
  beside({ advertise, bind }: SideMedia): SideMedia {
    const address = this.#own ? '127.0.0.1' : ANY.has(bind) ? advertise : bind;
    return { advertise: address, bind: this.#own ? address : bind, behindNat: false, asymmetric: false };
  }

  async open(order: RelayOrder): Promise<RelaySession | undefined> {
    // The machine has moved to another network: nobody talks through the addresses of before.
    if (this.#own?.outdated && this.#sessions.size === 0) this.#own.restart();
    const node = this.#next();
    if (!node) return undefined;
    const session = new RtpengineSession({
      ...{ order, node, elsewhere: () => this.#next() },
      transcode: order.audible ? [...new Set([...this.#transcode, ...AUDIBLE])] : this.#transcode,
      closed: (gone) => {
        this.#sessions.delete(gone);
        this.#past.packets += gone.figures.caller.packets + gone.figures.callee.packets;
        this.#past.bytes += gone.figures.caller.bytes + gone.figures.callee.bytes;
      },
    });
    this.#sessions.add(session);
    this.#look(order.silenceSeconds);
    return session;
  }

  stats(): RelayEngineStats {
    let { packets, bytes } = this.#past;
    for (const { figures } of this.#sessions) {
      packets += figures.caller.packets + figures.callee.packets;
      bytes += figures.caller.bytes + figures.callee.bytes;
    }
    // Ports and strangers are the daemon's business, and it does not tell of them.
    return { sessions: this.#sessions.size, portsOpen: 0, ports: 0, packets, bytes, strangers: 0, losses: this.#losses };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#sessions].map((session) => session.finish()));
    for (const node of this.#nodes) node.close();
    await this.#own?.stop();
  }

  #next(): RtpengineNode | undefined {
    for (let i = 0; i < this.#nodes.length; i++) {
      const node = this.#nodes[this.#turn++ % this.#nodes.length];
      if (node?.healthy) return node;
    }
    return undefined;
  }

  #look(silenceSeconds: number | null): void {
    const ms = Math.min(LOOK_MS, ((silenceSeconds ?? 60) * 1000) / 3);
    this.#timer ??= setInterval(() => {
      for (const session of this.#sessions) session.refresh().catch(() => undefined);
    }, ms).unref();
  }

  #onDown(node: RtpengineNode): void {
    this.#losses++;
    for (const session of [...this.#sessions])
      if (session.node === node && session.settled) session.lose('rtpengine does not answer any more');
  }
}
