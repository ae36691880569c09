import type { Protection } from '../../media/engine.ts';
import { createResponse, type SipResponse } from '../../sip/message/index.ts';
import { type Body, causeHeaders, passedHeaders } from '../dialog/headers.ts';
import { gatewayUri } from '../gateways/gateway-target.ts';
import type { CalleeEnd } from '../media/relays.ts';
import { nextProtection } from '../media/second-offers.ts';
import { openReach } from '../nat/reach.ts';
import type { BridgeJob, BridgePorts, GatewayLeg, StageFailure } from '../stage.ts';
import { GatewayAttempt } from './gateway-attempt.ts';

export interface SearchEvents {
  /** 101 to 199 of the gateway that is being called. */
  onProvisional(attempt: GatewayAttempt, response: SipResponse): void;
  /** Every 2xx of any gateway, late and repeated ones included. */
  onAnswered(attempt: GatewayAttempt, response: SipResponse): void;
  /** This gateway did not take the call: its early dialogs are over. */
  onPassedOver(attempt: GatewayAttempt): void;
  /** No gateway took the call. */
  onFailed(failure: StageFailure): void;
}

/** Asks the gateways of a plan in their order until one takes the call or says that nobody will. */
export class GatewaySearch {
  readonly #ports: BridgePorts;
  readonly #job: BridgeJob;
  readonly #events: SearchEvents;
  #next = 0;
  #current: GatewayAttempt | undefined;

  constructor(ports: BridgePorts, job: BridgeJob, events: SearchEvents) {
    this.#ports = ports;
    this.#job = job;
    this.#events = events;
  }

  /** The caller does not want the call any more. */
  abandon(): void {
    this.#current?.abandon();
  }

  /** @param last what the gateway before said. */
  callNext(last = { status: 503, reason: 'No gateway answered' }): void {
    const { call, tx, legs } = this.#job;
    const leg = legs[this.#next++];
    if (!leg) {
      this.#events.onFailed({ why: 'failed', ...last, endedBy: 'error' });
      return;
    }
    if (!this.#ports.gatewayFree(leg.gateway)) {
      this.callNext(last);
      return;
    }
    call.useGateway(leg.gateway.id);
    this.#ports.relays.prepare(call, tx, this.#calleeOf(leg), {
      go: (offer) => this.#call(leg, offer),
      fail: (failure) => this.#events.onFailed(failure),
    });
  }

  #calleeOf({ gateway, requestUser }: GatewayLeg): CalleeEnd {
    const target = this.#ports.locator.locateNow(gatewayUri(gateway, requestUser));
    return { target, reach: openReach(target?.address), gateway };
  }

  #call(leg: GatewayLeg, offer: Body | undefined, protection?: Protection): void {
    this.#current = new GatewayAttempt(
      this.#ports,
      this.#job,
      { leg, offer },
      {
        onProvisional: (attempt, response) => {
          this.#ports.gatewayWorked(leg.gateway.id);
          this.#events.onProvisional(attempt, response);
        },
        onAnswered: (attempt, response) => {
          this.#ports.gatewayWorked(leg.gateway.id);
          this.#events.onAnswered(attempt, response);
        },
        onFailed: (attempt, status, response) => this.#orEncrypted(attempt, protection, status, response),
      },
    );
    this.#current.start();
  }

  /** A gateway that insists on encryption refuses a plain offer, maybe only when its phone is picked up: it is asked again, before that counts. */
  #orEncrypted(attempt: GatewayAttempt, before: Protection | undefined, status: number, response?: SipResponse): void {
    this.#events.onPassedOver(attempt);
    const { call, tx } = this.#job;
    const { leg } = attempt;
    const protection = response ? nextProtection(status, before) : undefined;
    if (!protection) {
      this.#onFailed(attempt, status, response);
      return;
    }
    this.#ports.relays.insist(call, tx.request, this.#calleeOf(leg), protection, (again) => {
      if (call.state === 'ended') again?.media.close();
      else if (again) {
        call.useMedia(again.media);
        this.#call(leg, again.offer, protection);
      } else this.#onFailed(attempt, status, response);
    });
  }

  #onFailed(attempt: GatewayAttempt, status: number, response?: SipResponse): void {
    const { id } = attempt.leg.gateway;
    if (status === 408 && !response && attempt.rang) {
      // It rang for as long as this gateway may: nobody answered, and another gateway would ring the same phone.
      this.#events.onFailed({ why: 'no-answer', status: 480, reason: 'No answer', endedBy: 'session-timeout' });
    } else if (goesOn(status)) {
      this.#ports.gatewayFailed(id, status, response ? undefined : attempt.fault);
      this.callNext(response && status >= 500 ? { status, reason: response.reason } : undefined);
    } else {
      this.#ports.gatewayWorked(id);
      this.#passOn(status, response);
    }
  }

  /** What the called side says, in our own words: no host of it, no credentials. */
  #passOn(status: number, response: SipResponse | undefined): void {
    const { request, localTag } = this.#job.tx;
    const passed = createResponse(request, status, response?.reason, {
      toTag: localTag,
      headers: response ? [...passedHeaders(response), ...causeHeaders(response)] : [],
    });
    const why = status === 486 ? 'busy' : status === 480 ? 'no-answer' : 'refused';
    this.#events.onFailed({ why, status, reason: passed.reason, response: passed, endedBy: 'callee' });
  }
}

/** Another gateway may do better: silence, server failures, global failures, redirects (never followed, G-66) and refused credentials. */
function goesOn(status: number): boolean {
  return status === 408 || status === 401 || status === 407 || (status >= 300 && status < 400) || status >= 500;
}
