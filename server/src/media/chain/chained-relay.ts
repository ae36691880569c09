import { type RelayEngine, type RelayOrder, type RelaySession, type RelaySessionStats, type Side, type SideMedia } from '../engine.ts';

type Opener = Pick<RelayEngine, 'open' | 'healthy'>;

/** An engine that encrypts, goes through ICE and translates codecs, and what it needs to be put in front of what runs here. */
export interface Translator extends Opener {
  /** How the translator reaches media that runs here, where it is to reach this side beyond it. */
  beside(side: SideMedia): SideMedia;
}

/** A call to the translator alone, as one of several that one call of ours needs. */
export function translation({ callId, sides, protection }: RelayOrder, side: Side, translator: Translator): RelayOrder {
  const here = translator.beside(sides[side]);
  const towards = side === 'caller' ? { caller: sides.caller, callee: here } : { caller: here, callee: sides.callee };
  return {
    ...{ callId: `${callId}-${side}`, sides: towards, silenceSeconds: null, translated: [side], audible: true },
    ...(side === 'callee' && protection && { protection }),
  };
}

/**
 * Two engines for one call: a translator towards each side that needs one, and between them the engine that can hear what is said, to
 * record it.
 */
export class ChainedRelay implements Opener {
  readonly #translator: Translator;
  readonly #hearing: Opener;
  readonly #sides: readonly Side[];

  /** @param sides which of them the translator is put towards */
  constructor(translator: Translator, hearing: Opener, sides: readonly Side[]) {
    this.#translator = translator;
    this.#hearing = hearing;
    this.#sides = sides;
  }

  get healthy(): boolean {
    return this.#translator.healthy && this.#hearing.healthy;
  }

  /** Undefined: one of the engines has nothing left. */
  async open(order: RelayOrder): Promise<RelaySession | undefined> {
    const between = (side: Side) => (this.#sides.includes(side) ? this.#translator.beside(order.sides[side]) : order.sides[side]);
    const towards = (side: Side) =>
      this.#sides.includes(side) ? [() => this.#translator.open(translation(order, side, this.#translator))] : [];
    const inner = { ...order, sides: { caller: between('caller'), callee: between('callee') } };
    const links: RelaySession[] = [];
    for (const open of [...towards('caller'), () => this.#hearing.open(inner), ...towards('callee')]) {
      const link = await open().catch(() => undefined);
      if (!link) {
        for (const opened of links) opened.close();
        return undefined;
      }
      links.push(link);
    }
    return new ChainedSession(links);
  }
}

/** Media that passes through several sessions: the first one has the caller, the last one the callee. */
export class ChainedSession implements RelaySession {
  onSilence: (seconds: number) => void = () => undefined;
  onLost: (why: string) => void = () => undefined;
  readonly #links: readonly RelaySession[];
  #closed = false;

  constructor(links: readonly RelaySession[]) {
    this.#links = links;
    for (const link of links) {
      link.onSilence = (seconds) => {
        if (!this.#closed) this.onSilence(seconds);
      };
      link.onLost = (why) => this.#lose(why);
    }
  }

  async pass(from: Side, sdp: Buffer, kind: 'offer' | 'answer'): Promise<Buffer> {
    let description = sdp;
    for (const link of from === 'caller' ? this.#links : this.#links.toReversed()) description = await link.pass(from, description, kind);
    return description;
  }

  answered(): void {
    for (const link of this.#links) link.answered();
  }

  /** Said by the one nearest to whom it is for that can, and can hear what it says it over. */
  play(to: Side, files: readonly string[]): void {
    this.#links.find((link) => link.play !== undefined)?.play?.(to, files);
  }

  close(): void {
    this.#closed = true;
    for (const link of this.#links) link.close();
  }

  async stats(): Promise<RelaySessionStats> {
    const caller = (await this.#links[0]!.stats()).caller;
    const callee = (await this.#links.at(-1)!.stats()).callee;
    return { caller, callee };
  }

  /** A chain is as good as its weakest link. */
  #lose(why: string): void {
    if (this.#closed) return;
    this.close();
    this.onLost(why);
  }
}
