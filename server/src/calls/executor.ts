import type { CallCharging, CallEnd } from '../billing/call-record.ts';
import type { Directory } from '../directory/directory.ts';
import { type App, type Bridge, type CallPlan, type Next, type Ring, readVoicemailArgument, type Stage } from '../routing/call-plan.ts';
import { type RefusalCode, refusals } from '../routing/refusals.ts';
import type { Locator } from '../sip/proxy/index.ts';
import type { ServerTransaction } from '../sip/transaction/index.ts';
import type { AppStage } from './answer/app-stage.ts';
import type { Call } from './call.ts';
import { phoneReach } from './nat/reach.ts';
import { isByTls, type PhoneBranch, phoneTarget } from './phone-target.ts';
import { refusalHeaders } from './refuse.ts';
import type { RingStage } from './ring-stage.ts';
import type { PhoneTarget } from './route-planner.ts';
import type { BridgeJob, GatewayLeg, StageFailure, StageHandle } from './stage.ts';

/** The part of the bridge that carries a call out. */
export interface BridgeStarter {
  start(job: BridgeJob): StageHandle;
}

export interface ExecutorPorts {
  readonly directory: Directory;
  readonly charging: CallCharging;
  readonly accountOf: (subscriberId: number) => number | undefined;
  readonly locator: Locator;
  readonly ring: RingStage;
  readonly bridge: BridgeStarter;
  /** undefined: nothing is answered here. */
  readonly apps?: Pick<AppStage, 'start' | 'announceRefusal' | 'announceTimeLeft'>;
}

export interface Execution {
  readonly call: Call;
  readonly plan: CallPlan<PhoneTarget>;
  /** The caller's one server transaction, which every stage of the plan works on. */
  readonly tx: ServerTransaction;
  /** He sits behind a NAT or on a connection. */
  readonly callerPinned: boolean;
}

/** Whoever calls a sips URI wants TLS on the whole way (RFC 3261 26.2.2): better no call than one in clear. */
const wantsTls = ({ tx }: Execution): boolean => tx.request.uri.scheme === 'sips';

/** Carries call plans out. */
export class Executor {
  readonly #ports: ExecutorPorts;

  constructor(ports: ExecutorPorts) {
    this.#ports = ports;
  }

  execute(execution: Execution): void {
    const { call, plan } = execution;
    call.toSubscriberId = plan.toSubscriberId ?? null;
    call.e164 = plan.e164 ?? null;
    call.destination = plan.destination ?? null;
    this.#run(execution, 0);
  }

  #run(execution: Execution, index: number): void {
    const stage = execution.plan.stages[index];
    if (!stage) {
      this.#refuse(execution, 'unknown-number');
      return;
    }
    switch (stage.kind) {
      case 'ring':
        this.#ring(execution, stage);
        break;
      case 'bridge':
        this.#bridge(execution, stage);
        break;
      case 'redirect':
        this.#end(
          execution,
          302,
          'Moved Temporarily',
          stage.contacts.map((contact): [string, string] => ['Contact', `<${contact}>`]),
        );
        break;
      case 'app':
        // We are the other side now: what a stage before this one relayed is over.
        execution.call.dropMedia();
        this.#app(execution, stage);
        break;
      case 'reject':
        this.#refuse(execution, stage.code);
    }
  }

  #ring(execution: Execution, stage: Ring<PhoneTarget>): void {
    const { call, tx, callerPinned } = execution;
    const { settings } = this.#ports.directory;
    const groups = stage.targets
      .map((group) => group.map(({ binding }) => phoneTarget(binding, this.#ports.locator, phoneReach(binding, settings))))
      .map((group) => group.filter((branch) => branch !== undefined && (!wantsTls(execution) || isByTls(branch))))
      .filter((group): group is PhoneBranch[] => group.length > 0);
    if (groups.length === 0) {
      this.#follow(execution, stage, { why: 'not-registered', status: 480, reason: 'Temporarily Unavailable' });
      return;
    }
    const { maxCallSeconds } = settings;
    this.#ports.ring.start({
      ...{ call, tx, groups, callerPinned, ringMs: stage.ringSeconds * 1000 },
      maxMs: maxCallSeconds === null ? null : maxCallSeconds * 1000,
      onFailed: (failure) => this.#follow(execution, stage, failure),
    });
  }

  #app(execution: Execution, { app, argument }: App): void {
    // A mailbox that cannot be reached leaves the call where it was: nobody answered.
    const otherwise = readVoicemailArgument(argument)?.why;
    const started = this.#ports.apps?.start(execution, app, argument, (failure) => {
      const { refusal, endedBy } = failure;
      if (refusal) this.#refuseNow(execution, isOfMedia(refusal) ? (otherwise ?? refusal) : refusal, endedBy);
      else this.#pass(execution, failure);
    });
    if (!started) this.#refuse(execution, otherwise ?? 'media-down');
  }

  /** Whoever has only minutes left hears so first: before the gateway is called, as then it costs nothing. */
  #bridge(execution: Execution, stage: Bridge): void {
    const told = this.#ports.apps?.announceTimeLeft(execution, stage.affordableSeconds, (failure) => {
      if (failure.why === 'cancelled') this.#pass(execution, failure);
      else this.#callGateways(execution, stage);
    });
    if (!told) this.#callGateways(execution, stage);
  }

  #callGateways(execution: Execution, stage: Bridge): void {
    const { call, tx, plan } = execution;
    const { directory, charging, accountOf, bridge } = this.#ports;
    call.kind = 'bridge';
    const first = stage.gateways[0];
    if (stage.price && first) {
      const accountId = accountOf(stage.payerId);
      if (accountId === undefined) {
        this.#refuse(execution, 'no-credit');
        return;
      }
      call.rate = stage.price.rate;
      call.creditSeconds = stage.affordableSeconds;
      // The reservation decides: of calls that come at the same instant only those are rung that can be paid.
      const { sipCallId, fromUser, dialled, startedAt, userAgent } = call.start;
      const granted = charging.authorise({
        ...{ callId: call.id, accountId, e164: plan.e164 ?? '', startedAt },
        ...{ rate: stage.price.rate, tariffId: stage.price.tariffId, maxSeconds: stage.maxSeconds },
        record: {
          ...{ sipCallId, fromUser, dialled, userAgent, fromSubscriberId: call.fromSubscriberId },
          ...{ gatewayId: first.gatewayId, direction: call.direction },
        },
      });
      if (!granted.ok) {
        this.#refuse(execution, granted.code);
        return;
      }
      call.accountId = accountId;
    }
    const legs: GatewayLeg[] = [];
    for (const { gatewayId, requestUser } of stage.gateways) {
      const gateway = directory.gateway(gatewayId);
      if (gateway && (gateway.transport === 'tls' || !wantsTls(execution))) legs.push({ gateway, requestUser });
    }
    tx.reply(100);
    bridge.start({
      ...{ call, tx, legs, maxSeconds: stage.maxSeconds, caller: directory.subscriberById(call.fromSubscriberId ?? -1) },
      onFailed: (failure) => this.#follow(execution, stage, failure),
    });
  }

  /** A stage ended without an answered call: what the plan says, else the response of the other side. */
  #follow(execution: Execution, stage: Stage<PhoneTarget>, failure: StageFailure): void {
    if (failure.refusal) {
      this.#refuse(execution, failure.refusal, failure.endedBy);
      return;
    }
    const next = failure.why === 'cancelled' ? undefined : nextOf(stage, failure);
    if (next && 'stage' in next) this.#run(execution, next.stage);
    else if (next) this.#refuse(execution, next.refuse, failure.endedBy);
    else if (!this.#announceBusy(execution, stage, failure)) this.#pass(execution, failure);
  }

  /** A subscriber hears that the other one is busy; the telephone network has a tone for it. */
  #announceBusy(execution: Execution, stage: Stage<PhoneTarget>, failure: StageFailure): boolean | undefined {
    if (failure.why !== 'busy' || stage.kind !== 'ring' || execution.call.start.caller.kind !== 'subscriber') return false;
    return this.#ports.apps?.announceRefusal(execution, 'busy', (heard) => {
      this.#pass(execution, heard.why === 'cancelled' ? { ...heard, refusal: 'busy' } : failure);
    });
  }

  /** The other side's word goes to the caller as it is. */
  #pass({ call, tx }: Execution, failure: StageFailure): void {
    const { refusal, endedBy = 'callee' } = failure;
    // G-66: a gateway would follow the redirect of a phone, and make a call that nobody here pays.
    const leadsAway = failure.status >= 300 && failure.status < 400 && call.start.caller.kind === 'gateway';
    const { status, reason, response } = leadsAway
      ? { status: 480, reason: 'Temporarily Unavailable' }
      : { response: undefined, ...failure };
    if (response) tx.respond(response);
    else tx.reply(status, reason);
    call.finish({ status, reason, endedBy, refusal: refusal ?? (failure.why === 'busy' ? 'busy' : undefined) });
  }

  /** Refuses, with an announcement first where there is to be one. */
  #refuse(execution: Execution, code: RefusalCode, endedBy?: CallEnd): void {
    const announced = this.#ports.apps?.announceRefusal(execution, code, (failure) => {
      if (failure.why === 'cancelled') this.#pass(execution, { ...failure, refusal: code });
      else this.#refuseNow(execution, code, endedBy);
    });
    if (!announced) this.#refuseNow(execution, code, endedBy);
  }

  #refuseNow(execution: Execution, code: RefusalCode, endedBy?: CallEnd): void {
    const { status, reason } = refusals[code];
    this.#end(execution, status, reason, refusalHeaders(code, this.#domain), code, endedBy);
  }

  #end(
    { call, tx }: Execution,
    status: number,
    reason: string,
    headers: [string, string][],
    refusal?: RefusalCode,
    endedBy: CallEnd = 'error',
  ): void {
    tx.reply(status, reason, headers);
    call.finish({ status, reason, endedBy, refusal });
  }

  get #domain(): string {
    return this.#ports.directory.settings.domain;
  }
}

const DECLINED = new Set([480, 603]);

const isOfMedia = (code: RefusalCode): boolean => code === 'no-media' || code === 'media-down';

function nextOf(stage: Stage<PhoneTarget>, { why, refusal, status }: StageFailure): Next | undefined {
  if (stage.kind === 'bridge') return why === 'failed' && refusal === undefined ? stage.onFailed : undefined;
  if (stage.kind !== 'ring') return undefined;
  switch (why) {
    case 'busy':
      return stage.onBusy;
    case 'no-answer':
      return stage.onNoAnswer;
    case 'not-registered':
      return stage.onNotRegistered;
    default:
      // Declined by hand, or by a phone that is not to be disturbed.
      return (DECLINED.has(status) ? stage.onBusy : undefined) ?? stage.onRefused;
  }
}
