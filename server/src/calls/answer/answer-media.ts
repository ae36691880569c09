import { type Translator, translation } from '../../media/chain/chained-relay.ts';
import type { Endpoint, EndpointOrder, MediaServices } from '../../media/endpoint/endpoint.ts';
import { isAnswerable } from '../../media/endpoint/negotiation.ts';
import { type RelayOrder, type RelaySession, SdpRefused } from '../../media/engine.ts';
import type { RefusalCode } from '../../routing/refusals.ts';

/** The session descriptions of a call that is answered here, as Endpoint has them. */
export type Descriptions = Pick<Endpoint, 'answer' | 'offer' | 'accept'>;

export interface AnswerMediaPorts {
  readonly media: MediaServices;
  /** Takes encryption, ICE and other codecs off the caller's media; undefined: nobody does. */
  readonly translator?: () => Translator | undefined;
}

/**
 * The media of a call that is answered here: an endpoint, and in front of it a translator where the caller offers nothing that the endpoint
 * takes. The services know the endpoint only.
 */
export class AnswerMedia implements Descriptions {
  /** No RTP for so long. */
  onSilence: (seconds: number) => void = () => undefined;
  /** The endpoint or what is in front of it is gone. */
  onLost: (why: string) => void = () => undefined;
  readonly endpoint: Endpoint;
  readonly #front: RelaySession | undefined;

  private constructor(endpoint: Endpoint, front: RelaySession | undefined) {
    this.endpoint = endpoint;
    this.#front = front;
    endpoint.onSilence = (seconds) => this.onSilence(seconds);
    endpoint.onLost = (why) => this.onLost(why);
    if (front) front.onLost = (why) => this.onLost(why);
  }

  /** @param offer what the caller speaks; undefined: he waits for an offer of ours */
  static async open({ media, translator }: AnswerMediaPorts, order: EndpointOrder, offer?: Buffer): Promise<AnswerMedia | RefusalCode> {
    const before = offer && !isAnswerable(offer.toString('latin1')) ? translator?.() : undefined;
    if (!before) {
      const endpoint = await media.open(order);
      return endpoint ? new AnswerMedia(endpoint, undefined) : whyNone(media);
    }
    const front = await before.open(translation(relayed(order), 'caller', before));
    if (!front) return whyNone(before);
    const { callId, silenceSeconds } = order;
    const endpoint = await media.open({ callId, silenceSeconds, ...before.beside(sideOf(order)) });
    if (endpoint) return new AnswerMedia(endpoint, front);
    front.close();
    return whyNone(media);
  }

  /** There is a translator in front; when it is gone before it knows the call, the first description rejects. */
  get isTranslated(): boolean {
    return this.#front !== undefined;
  }

  async answer(offer: Buffer): Promise<Buffer | undefined> {
    const front = this.#front;
    if (!front) return this.endpoint.answer(offer);
    return usable(async () => {
      const answer = await this.endpoint.answer(await front.pass('caller', offer, 'offer'));
      return answer && front.pass('callee', answer, 'answer');
    });
  }

  async offer(): Promise<Buffer> {
    const offer = await this.endpoint.offer();
    return this.#front?.pass('callee', offer, 'offer') ?? offer;
  }

  async accept(answer: Buffer): Promise<boolean> {
    const front = this.#front;
    const plain = front ? await usable(() => front.pass('caller', answer, 'answer')) : answer;
    return plain !== undefined && this.endpoint.accept(plain);
  }

  close(): void {
    this.endpoint.close();
    this.#front?.close();
  }
}

const whyNone = ({ healthy }: { readonly healthy: boolean }): RefusalCode => (healthy ? 'no-media' : 'media-down');

const sideOf = ({ advertise, bind, signalling, behindNat = false, asymmetric = false }: EndpointOrder) => ({
  ...{ advertise, bind, behindNat, asymmetric },
  ...(signalling !== undefined && { signalling }),
});

const relayed = (order: EndpointOrder): RelayOrder => ({
  ...{ callId: order.callId, silenceSeconds: null, sides: { caller: sideOf(order), callee: sideOf(order) } },
});

/** Undefined: the translator does not take the description (488). */
async function usable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SdpRefused) return undefined;
    throw error;
  }
}
