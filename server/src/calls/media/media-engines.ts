import { ChainedRelay, type Translator } from '../../media/chain/chained-relay.ts';
import type { RelayEngine, RelayOrder } from '../../media/engine.ts';
import { type PortRange, splitRange } from '../../media/ports/port-pool.ts';
import { BuiltInRelay } from '../../media/relay/built-in-relay.ts';
import type { NgAddress } from '../../media/rtpengine/ng-client.ts';
import { Rtpengine } from '../../media/rtpengine/rtpengine.ts';
import type { Transcodable } from '../../media/rtpengine/rtpengine-session.ts';
import type { MediaParts } from './relays.ts';

export interface EngineWish {
  readonly engine: RelayEngine['name'];
  /** Daemons of rtpengine that somebody else runs, as `host:port`; none: one of our own. */
  readonly nodes: readonly string[];
  readonly transcode: readonly Transcodable[];
}

/** How long a replaced engine is asked again whether its last call is over. */
const LOOK_MS = 10_000;

/** Who gets which of the ports for media: they never ask each other. */
export function mediaPorts(range: PortRange): { relay: PortRange; services: PortRange; rtpengine: PortRange } {
  const [relays, services] = splitRange(range, 2) as [PortRange, PortRange];
  const [relay, rtpengine] = splitRange(relays, 2) as [PortRange, PortRange];
  return { relay, services, rtpengine };
}

/** The engines that relay media. A change counts for new calls; the calls of the engine before keep it until they are over. */
export class MediaEngines implements MediaParts {
  readonly builtIn: BuiltInRelay;
  /** Assigned by whoever keeps recordings. */
  recorder: MediaParts['recording'] = () => undefined;
  readonly recording: MediaParts['recording'] = (call, gateway) => this.recorder(call, gateway);
  readonly #range: PortRange;
  readonly #log: (message: string, error?: unknown) => void;
  readonly #retired = new Map<RelayEngine, NodeJS.Timeout>();
  #chosen: BuiltInRelay | Rtpengine;
  #changing: Promise<void> = Promise.resolve();

  constructor(range: PortRange, log: (message: string, error?: unknown) => void) {
    this.#range = range;
    this.#log = log;
    this.builtIn = new BuiltInRelay({ range: mediaPorts(range).relay, onFault: log });
    this.#chosen = this.builtIn;
  }

  /** The one for new calls. */
  get chosen(): RelayEngine {
    return this.#chosen;
  }

  /** Those that carry calls: the one for new calls, the built-in one, and those that were replaced while calls went on. */
  get all(): readonly RelayEngine[] {
    return [...new Set([this.#chosen, this.builtIn, ...this.#retired.keys()])];
  }

  /** What can go in front of media that ends here; undefined: nothing that was chosen. */
  readonly translator = (): Translator | undefined => (this.#chosen instanceof Rtpengine ? this.#chosen : undefined);

  /**
   * Only the built-in relay records and speaks; what it cannot hear is translated before it comes there. It also has what rtpengine is not needed for
   * while no rtpengine answers.
   */
  readonly engine = (order: RelayOrder): Pick<RelayEngine, 'open' | 'healthy'> => {
    const chosen = this.#chosen;
    if (!(chosen instanceof Rtpengine)) return this.builtIn;
    const { record, speaks, translated = [] } = order;
    const here = record !== undefined || speaks === true;
    // The caller shows what he speaks before anybody is called; the codecs of the callee are not known yet.
    const sides = here && chosen.transcodes && chosen.healthy ? [...new Set([...translated, 'callee' as const])] : translated;
    if (sides.length === 0 && (here || !chosen.healthy)) return this.builtIn;
    return here ? new ChainedRelay(chosen, this.builtIn, sides) : chosen;
  };

  use(wish: EngineWish): void {
    this.#changing = this.#changing
      .then(() => this.#change(wish))
      .catch((error: unknown) => this.#log(`Media could not be given to ${wish.engine}`, error));
  }

  async close(): Promise<void> {
    await this.#changing;
    for (const timer of this.#retired.values()) clearInterval(timer);
    await Promise.all(this.all.map((engine) => engine.close()));
  }

  async #change({ engine, nodes, transcode }: EngineWish): Promise<void> {
    const before = this.#chosen;
    this.#chosen = engine === 'built-in' ? this.builtIn : await this.#rtpengine(nodes, transcode);
    if (before !== this.builtIn) this.#retire(before);
  }

  #rtpengine(nodes: readonly string[], transcode: readonly Transcodable[]): Promise<Rtpengine> {
    const { first, last } = mediaPorts(this.#range).rtpengine;
    const own = { firstPort: first, lastPort: last, log: (message: string) => this.#log(message) };
    return Rtpengine.start({ nodes: nodes.map(toAddress), own, transcode });
  }

  #retire(engine: RelayEngine): void {
    const look = () => {
      if (engine.stats().sessions > 0) return;
      clearInterval(timer);
      this.#retired.delete(engine);
      engine.close().catch((error: unknown) => this.#log('An engine for media could not be closed', error));
    };
    const timer = setInterval(look, LOOK_MS).unref();
    this.#retired.set(engine, timer);
    look();
  }
}

function toAddress(text: string): NgAddress {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}
