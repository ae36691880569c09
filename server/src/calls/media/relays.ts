import type { DirectorySettings, Gateway, MediaPolicy } from '../../directory/types.ts';
import type { Translator } from '../../media/chain/chained-relay.ts';
import { isAnswerable } from '../../media/endpoint/negotiation.ts';
import type { Protection, RecordOrder, RelayEngine, RelayOrder, Side, SideMedia } from '../../media/engine.ts';
import { describes } from '../../media/rtpengine/sdp-facts.ts';
import { refusals } from '../../routing/refusals.ts';
import { createResponse, type SipRequest } from '../../sip/message/index.ts';
import { token } from '../../sip/token.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import type { Target } from '../../sip/transport/types.ts';
import type { Call } from '../call.ts';
import { type Body, bodyOf } from '../dialog/headers.ts';
import { callerReach, needsRelay, openReach, type Reach } from '../nat/reach.ts';
import type { StageFailure } from '../stage.ts';
import { CallMedia, type Passage } from './call-media.ts';
import { descriptionOf } from './session-body.ts';

/** Where one side of a call is, for its media. */
export interface End {
  /** Where requests to it go; undefined while its name is not looked up. */
  readonly target: Target | undefined;
  readonly reach: Reach;
}

/** The side that is called. */
export interface CalleeEnd extends End {
  /** Of each phone that rings, when they are several. */
  readonly reaches?: readonly Reach[];
  /** Set when it is a gateway. */
  readonly gateway?: Gateway;
}

/** What the world outside of the calls gives. */
export interface MediaParts {
  /** Who relays this call; undefined: nobody lives. */
  readonly engine: (order: RelayOrder) => Pick<RelayEngine, 'open' | 'healthy'> | undefined;
  /** Who takes encryption, ICE and other codecs off media that ends here; undefined: nobody does. */
  readonly translator?: () => Translator | undefined;
  /** Set when this call is to be recorded. */
  readonly recording: (call: Call, gateway?: Gateway) => RecordOrder | undefined;
}

export interface RelayPorts extends MediaParts {
  readonly settings: () => DirectorySettings;
  /** The address of ours that media for that target names, and the one to bind it to. */
  readonly mediaAddress: (target: Target) => { advertise: string; bind: string };
  readonly log: (message: string, error?: unknown) => void;
}

/** What follows when the way of media is known. */
export interface WhenReady {
  /** @param offer what the other side is to get instead of the caller's own body; undefined: that body as it is. */
  go(offer: Body | undefined): void;
  /** No relay to be had, or the description cannot be relayed. Not called when the call has ended meanwhile. */
  fail(failure: StageFailure): void;
}

/** What is offered the second time, and the relay it goes through. */
export interface SecondOffer {
  readonly media: CallMedia;
  readonly offer: Body;
}

/** Decides which calls are relayed (G-45: only those that have to be, that is the key to scale), and opens their relays. */
export class Relays {
  readonly #ports: RelayPorts;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
  }

  /** Before somebody is rung. Direct media goes on at once; a relay is open, and has the caller's offer, before it rings. */
  prepare(call: Call, tx: ServerTransaction, callee: CalleeEnd, when: WhenReady): void {
    // A relay for one who insisted on encryption: the next one is asked as everybody is.
    if (call.media?.order.protection) call.dropMedia();
    const order = this.#order(call, tx.request, callee);
    if (!order && !call.media) {
      when.go(undefined);
      return;
    }
    // A stage before this one has opened it: it stays for the whole call, unless the next side is reached another way.
    if (call.media && (!order || isSame(call.media.order, order))) {
      this.#offer(call, call.media, tx.request, when);
      return;
    }
    this.#begin(call, order!, tx.request, when);
  }

  #begin(call: Call, order: RelayOrder, invite: SipRequest, when: WhenReady, isAgain = false): void {
    this.#open(call, order, (media) => {
      if (call.state === 'ended') media?.close();
      else if (media) {
        call.useMedia(media);
        // The first to notice that an engine is gone is the first call it gets: that one has another, if there is one.
        this.#offer(
          call,
          media,
          invite,
          isAgain ? when : { ...when, fail: (failure) => this.#another(call, order, invite, when, failure) },
        );
      } else when.fail(this.#noMedia(order));
    });
  }

  /**
   * Offers the call again, encrypted, to one who did not take it plain. The relay is none of the call's until it is given to it.
   * @param then gets nothing when nobody encrypts, or the description cannot be relayed
   */
  insist(call: Call, invite: SipRequest, callee: CalleeEnd, protection: Protection, then: (again?: SecondOffer) => void): void {
    const isPossible = this.#ports.settings().decryptsMedia && descriptionOf(invite) !== undefined;
    const order = isPossible ? this.#order(call, invite, callee, protection) : undefined;
    if (!order) {
      then();
      return;
    }
    this.#open(call, order, (media) => {
      if (!media) {
        then();
        return;
      }
      const copy = invite.clone();
      const refuse = () => {
        media.close();
        then();
      };
      media.request('caller', copy, { next: () => then({ media, offer: bodyOf(copy)! }), refuse });
    });
  }

  #another(call: Call, order: RelayOrder, invite: SipRequest, when: WhenReady, failure: StageFailure): void {
    if (failure.status !== 503) {
      when.fail(failure);
      return;
    }
    call.dropMedia();
    this.#begin(call, order, invite, when, true);
  }

  /**
   * A request inside the dialog, its ACK included, goes through the relay of its call. An offer may bring a NAT into a call whose media
   * went directly so far, as when a phone changes its network: that call is relayed from now on.
   * @param other where requests to the other side go
   */
  pass(call: Call, from: Side, request: SipRequest, other: () => Target | undefined, passage: Passage): void {
    if (call.media) call.media.request(from, request, passage);
    else if (request.body.length > 0 && (request.method === 'INVITE' || request.method === 'UPDATE'))
      this.#join(call, from, request, other(), passage);
    else passage.next();
  }

  #join(call: Call, from: Side, request: SipRequest, target: Target | undefined, passage: Passage): void {
    const kind = from === 'caller' ? call.start.caller.kind : call.kind === 'bridge' ? 'gateway' : 'subscriber';
    const sender = { target: targetOf(request), reach: callerReach(request, kind, this.#ports.settings()) };
    const other = { target, reach: openReach(target?.address) };
    if (call.mediaPolicy === 'never' || !needsRelay(sender.reach, other.reach)) {
      passage.next();
      return;
    }
    const [caller, callee] = from === 'caller' ? [sender, other] : [other, sender];
    this.#open(call, this.#orderFor(call, caller, callee), (media) => {
      if (call.state === 'ended' || call.media) media?.close();
      else if (media) {
        call.media = media;
        if (call.state === 'talking') media.answered();
      }
      // Without a relay the call goes on as it was: better than none.
      if (call.media) call.media.request(from, request, passage);
      else passage.next();
    });
  }

  #order(call: Call, invite: SipRequest, callee: CalleeEnd, protection?: Protection): RelayOrder | undefined {
    const settings = this.#ports.settings();
    const record = this.#ports.recording(call, callee.gateway);
    const policy = settings.mediaRelay === 'always' ? 'always' : policyOf(call, callee.gateway);
    call.mediaPolicy = policy;
    if (policy === 'never' && !record) return undefined;
    const reach = callerReach(invite, call.start.caller.kind, settings);
    const { reaches = [callee.reach] } = callee;
    const offer = settings.decryptsMedia ? descriptionOf(invite)?.toString('latin1') : undefined;
    const { secure, ice } = offer === undefined ? PLAIN : describes(offer);
    // Phones look for their way by themselves (ICE); gateways do not.
    const decrypts = secure || (ice && callee.gateway !== undefined);
    const speaks = this.#warns(call);
    const wanted = record || protection || reaches.some((other) => needsRelay(reach, other)) || decrypts || speaks;
    if (policy === 'when-needed' && !wanted) return undefined;
    const isForeign = secure || ((record !== undefined || speaks) && offer !== undefined && !isAnswerable(offer));
    const translated: Side[] = [...(isForeign ? ['caller' as const] : []), ...(protection ? ['callee' as const] : [])];
    return {
      ...this.#orderFor(call, { target: targetOf(invite), reach }, callee),
      ...(record && { record }),
      ...(speaks && { speaks }),
      ...(translated.length > 0 && { translated }),
      // Of its own: the relay of the first offer may live on beside it.
      ...(protection && { protection, callId: `${call.id}-${protection}` }),
    };
  }

  /** The caller is to hear when his credit comes to its end. */
  #warns({ creditSeconds }: Call): boolean {
    return this.#ports.settings().lastMinuteWarning && creditSeconds !== null && creditSeconds < WARNED_BELOW_SECONDS;
  }

  #orderFor(call: Call, caller: End, callee: End): RelayOrder {
    return {
      callId: call.id,
      sides: { caller: this.#side(caller), callee: this.#side(callee, caller.target) },
      silenceSeconds: this.#ports.settings().rtpSilenceSeconds,
    };
  }

  #side({ target, reach }: End, otherwise?: Target): SideMedia {
    // A name that nobody has looked up yet: the address of ours that the other side sees will do.
    const { advertise, bind } = this.#ports.mediaAddress(target ?? otherwise ?? ANYWHERE);
    return {
      ...{ advertise, bind, behindNat: reach.behindNat, asymmetric: reach.rtpAsymmetric },
      ...(reach.address !== undefined && { signalling: reach.address }),
    };
  }

  /** @param then gets undefined when there is no relay to be had */
  #open(call: Call, order: RelayOrder, then: (media: CallMedia | undefined) => void): void {
    const { engine, log } = this.#ports;
    const fault = (error: unknown) => {
      log('A message of a relayed call could not be handled', error);
      call.hangup('error', 'Server Internal Error');
    };
    const opened = Promise.resolve(engine(order)?.open(order)).catch((error: unknown) => {
      log('A relay could not be opened', error);
      return undefined;
    });
    opened
      .then((session) => {
        if (session) {
          session.onSilence = (seconds) => call.hangup('media-timeout', `No media for ${seconds} s`);
          session.onLost = (why) => call.hangup('error', `Media relay lost: ${why}`);
        }
        then(session && new CallMedia(session, order, fault));
      })
      .catch(fault);
  }

  /** The caller's INVITE itself stays as it came: another stage may need his own words. */
  #offer(call: Call, media: CallMedia, invite: SipRequest, { go, fail }: WhenReady): void {
    const copy = invite.clone();
    media.request('caller', copy, {
      next: () => {
        // The caller has hung up while it waited for the relay: nobody is rung any more.
        if (call.state !== 'ended') go(copy.body.equals(invite.body) ? undefined : bodyOf(copy));
      },
      refuse: (status, why) => fail(status === 488 ? this.#unacceptable(invite, why) : this.#noMedia(media.order)),
    });
  }

  /** Are the ports taken, or does nobody live who could relay it? */
  #noMedia(order: RelayOrder): StageFailure {
    const refusal = this.#ports.engine(order)?.healthy ? 'no-media' : 'media-down';
    return { why: 'failed', refusal, status: refusals[refusal].status, reason: refusals[refusal].reason, endedBy: 'error' };
  }

  #unacceptable(invite: SipRequest, why: string): StageFailure {
    const warning = `399 ${this.#ports.settings().domain} "${why.replace(/["\\\r\n]/g, ' ')}"`;
    const response = createResponse(invite, 488, undefined, { toTag: token(12), headers: [['Warning', warning]] });
    return { why: 'refused', status: 488, reason: response.reason, response, endedBy: 'error' };
  }
}

/** Calls that can last longer than this are not relayed for the sake of their last minute. */
const WARNED_BELOW_SECONDS = 3600;

const PLAIN = { secure: false, ice: false };

const ANYWHERE: Target = { protocol: 'udp', address: '0.0.0.0', port: 5060 };

const targetOf = ({ source }: SipRequest): Target | undefined => source && { ...source, localHint: source.local };

/** What the gateways of a call want: one that says always has it relayed, one that says never has it direct. */
function policyOf(call: Call, gateway: Gateway | undefined): MediaPolicy {
  const { caller } = call.start;
  const wanted = [caller.kind === 'gateway' ? caller.gateway.relayMedia : undefined, gateway?.relayMedia];
  return wanted.includes('always') ? 'always' : wanted.includes('never') ? 'never' : 'when-needed';
}

/** Does a relay opened by this order do for that one? */
function isSame({ sides: a, record, translated }: RelayOrder, { sides: b, record: wanted, translated: needed = [] }: RelayOrder): boolean {
  if ((wanted && !record) || !needed.every((side) => translated?.includes(side))) return false;
  return (['caller', 'callee'] as const).every(
    (side) => a[side].advertise === b[side].advertise && a[side].bind === b[side].bind && a[side].behindNat === b[side].behindNat,
  );
}
