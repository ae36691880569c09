import type { Protection } from '../../media/engine.ts';
import type { SipRequest } from '../../sip/message/index.ts';
import type { BranchTarget } from '../../sip/proxy/index.ts';
import type { Call } from '../call.ts';
import type { Body } from '../dialog/headers.ts';
import { endOf, type PhoneBranch } from '../phone-target.ts';
import type { CallMedia } from './call-media.ts';
import type { Relays } from './relays.ts';

/** What is said by a callee that wants the media in another way. */
const REFUSALS = new Set([415, 488, 606]);

/** The offer to a callee that has refused this one with that status; undefined: there is none that he might take. */
export function nextProtection(status: number, before: Protection | undefined): Protection | undefined {
  if (!REFUSALS.has(status)) return undefined;
  return before === undefined ? 'sdes' : before === 'sdes' ? 'dtls' : undefined;
}

interface Offered {
  readonly protection: Protection;
  readonly media: CallMedia;
  readonly offer: Body;
}

/**
 * Phones that insist on encryption refuse a plain offer, some at once, some when they are picked up. Each is offered the call again, with
 * keys in the description and then by DTLS, over a relay of its own, as other phones may ring with the first one.
 */
export class SecondOffers {
  readonly #relays: Relays;
  readonly #call: Call;
  readonly #invite: SipRequest;
  readonly #isOnly: boolean;
  readonly #instead = new Map<BranchTarget, PhoneBranch>();
  readonly #offered = new Map<BranchTarget, Offered>();
  #isOver = false;

  /** @param isOnly no other phone is called: the relay of the last offer is that of the call */
  constructor(relays: Relays, call: Call, invite: SipRequest, isOnly: boolean) {
    this.#relays = relays;
    this.#call = call;
    this.#invite = invite;
    this.#isOnly = isOnly;
  }

  /** @param then goes on with the refusal, once it is known whether `instead` has another offer; at once when there is none */
  prepare(status: number, phone: BranchTarget, then: () => void): void {
    const protection = nextProtection(status, this.#offered.get(phone)?.protection);
    if (!protection) {
      then();
      return;
    }
    this.#relays.insist(this.#call, this.#invite, endOf([phone as PhoneBranch]), protection, (again) => {
      if (again && this.#isOver) again.media.close();
      else if (again) {
        const { seqAhead = 0 } = phone as PhoneBranch;
        const target = { ...(phone as PhoneBranch), seqAhead: seqAhead + 1 };
        this.#instead.set(phone, target);
        this.#offered.set(target, { protection, ...again });
        if (this.#isOnly) this.#call.useMedia(again.media);
      }
      then();
    });
  }

  /** The same phone with another offer, where one was prepared. */
  instead(phone: BranchTarget): BranchTarget | undefined {
    return this.#instead.get(phone);
  }

  offerTo(phone: BranchTarget): Body | undefined {
    return this.#offered.get(phone)?.offer;
  }

  /** Where its media passes through, when that is not the relay of the call. */
  mediaOf(phone: BranchTarget): CallMedia | undefined {
    return this.#offered.get(phone)?.media;
  }

  /** This one has the call, or nobody: the relays of the others close. */
  end(answered?: BranchTarget): void {
    this.#isOver = true;
    const chosen = answered && this.#offered.get(answered)?.media;
    if (chosen) this.#call.useMedia(chosen);
    for (const { media } of this.#offered.values()) if (media !== this.#call.media) media.close();
  }
}
