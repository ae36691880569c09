import type { SipRequest } from '../../sip/message/index.ts';
import { descriptionOf } from '../media/session-body.ts';
import type { Descriptions } from './answer-media.ts';

/** The first offer and answer of a call that is answered here (RFC 3264). */
export class Negotiation {
  /** Ours: the answer to the caller's offer, or the offer for an INVITE without one. */
  readonly description: Buffer;
  readonly #media: Descriptions;
  #agreed: boolean;

  private constructor(media: Descriptions, description: Buffer, agreed: boolean) {
    this.#media = media;
    this.description = description;
    this.#agreed = agreed;
  }

  /** undefined: nothing in common (488). */
  static async open(media: Descriptions, invite: SipRequest): Promise<Negotiation | undefined> {
    const offer = descriptionOf(invite);
    const description = offer ? await media.answer(offer) : await media.offer();
    return description && new Negotiation(media, description, offer !== undefined);
  }

  /** His offer is answered, or his answer to ours is here. */
  get agreed(): boolean {
    return this.#agreed;
  }

  /** His answer to our offer; false when it cannot be used. */
  async accept(answer: Buffer): Promise<boolean> {
    this.#agreed = await this.#media.accept(answer);
    return this.#agreed;
  }
}
