import { Dialog, DialogError } from '../dialog/index.ts';
import { createResponse, type SipRequest, type SipResponse } from '../message/index.ts';
import type { Cancel, ServerTransaction, TransactionLayer } from '../transaction/index.ts';
import { bestResponse } from './best-response.ts';
import { Branch, type BranchOwner, type BranchResult, type BranchTarget, type ResponseGate } from './branch.ts';

export interface ForwardOptions {
  /** Stay on the route of the dialog. */
  recordRoute?: boolean;
  /** URI parameters for our Record-Route, without the leading semicolon. */
  recordRouteParams?: string;
  /** How long each group of targets may ring, in ms. */
  ringTimeout?: number;
  /** Last change to the copy for a target, such as taking credentials off. */
  edit?: (request: SipRequest, target: BranchTarget) => void;
  /** The same for each response above 100 that may go upstream. */
  editResponse?: (response: SipResponse) => void;
  /** Each response goes through here first. */
  gate?: ResponseGate;
  /** A target has refused, and nobody has stopped it from ringing: what is tried in its place. */
  instead?: (response: SipResponse, target: BranchTarget) => BranchTarget | undefined;
  /** 'hold': the failure is given to `onFailed` only, which sends it or goes on in another way. */
  onFailure?: 'send' | 'hold';
  /** A provisional response that is about to be sent upstream. */
  onProvisional?: (response: SipResponse, target: BranchTarget) => void;
  /** A 2xx that is about to be sent upstream; the first one, and any other. */
  onAnswered?: (response: SipResponse, target: BranchTarget) => void;
  /** Nobody answered. The response has our Via off and can be given to the server transaction. */
  onFailed?: (best: SipResponse, cancelled: boolean) => void;
}

export interface ForwardHandle {
  readonly state: 'pending' | 'answered' | 'failed';
  readonly cancelled: boolean;
  /** Stops all branches. `headers` go into each CANCEL, such as Reason. */
  cancel(headers?: readonly (readonly [string, string])[]): void;
}

export interface ForwardPlan {
  layer: TransactionLayer;
  transaction: ServerTransaction;
  groups: readonly (readonly BranchTarget[])[];
  options: ForwardOptions;
  /** Makes a branch and starts it. */
  launch: (target: BranchTarget, owner: BranchOwner) => Branch;
}

/** The response context of one forwarded request (RFC 3261 16.7): groups rung one after the other, the branches of each together. */
export class Forward implements ForwardHandle, BranchOwner {
  state: 'pending' | 'answered' | 'failed' = 'pending';
  cancelled = false;
  readonly #plan: ForwardPlan;
  readonly #failures: SipResponse[] = [];
  #branches: Branch[] = [];
  #nextGroup = 0;
  #launching = false;
  /** The targets that ring now are given up. */
  #stopped = false;
  #cancelHeaders: readonly (readonly [string, string])[] = [];
  #stopRinging: Cancel | undefined;

  constructor(plan: ForwardPlan) {
    this.#plan = plan;
  }

  start(): void {
    this.#startNextGroup();
  }

  cancel(headers: readonly (readonly [string, string])[] = []): void {
    if (this.state !== 'pending' || this.cancelled) return;
    this.cancelled = true;
    this.#cancelHeaders = headers;
    this.#cancelBranches(487);
    this.#check();
  }

  onProvisional(branch: Branch, response: SipResponse): void {
    if (this.state !== 'pending') return;
    this.#receive(response);
    this.#plan.options.onProvisional?.(response, branch.target);
    this.#plan.transaction.respond(this.#addressed(response));
  }

  onSuccess(branch: Branch, response: SipResponse): void {
    const { transaction, options } = this.#plan;
    if (this.state === 'failed' || transaction.state === 'completed' || transaction.state === 'confirmed') {
      this.#hangUp(branch, response);
      return;
    }
    // RFC 3261 16.7 item 5: every 2xx to an INVITE goes upstream, that of a loser of the fork and one sent again too.
    const first = this.state === 'pending';
    this.state = 'answered';
    this.#stopRinging?.();
    this.#receive(response);
    options.onAnswered?.(response, branch.target);
    transaction.respond(this.#addressed(response));
    branch.release();
    if (first) {
      this.#cancelHeaders = [['Reason', 'SIP;cause=200;text="Call completed elsewhere"']];
      this.#cancelBranches(487);
      this.#branches = [];
    }
  }

  onRefused(branch: Branch, response: SipResponse): void {
    this.#hangUp(branch, response);
  }

  onFailed(branch: Branch, result: BranchResult): void {
    if (this.state !== 'pending') return;
    const { transaction, options } = this.#plan;
    if (result.kind === 'response') {
      const instead = this.#stopped ? undefined : options.instead?.(result.response, branch.target);
      if (instead) {
        this.#launch([instead]);
        this.#check();
        return;
      }
      this.#receive(result.response);
      this.#failures.push(this.#addressed(result.response));
      // RFC 3261 16.7 item 5: a 6xx ends the search everywhere.
      if (result.response.status >= 600) this.#cancelBranches(487);
    } else {
      this.#failures.push(createResponse(transaction.request, result.status, undefined, { toTag: transaction.localTag }));
    }
    this.#check();
  }

  #receive(response: SipResponse): void {
    response.popVia();
    this.#plan.options.editResponse?.(response);
  }

  #startNextGroup(): void {
    const { groups, options, layer } = this.#plan;
    const group = groups[this.#nextGroup++];
    if (!group) {
      this.#finish();
      return;
    }
    this.#stopped = false;
    this.#branches = [];
    this.#launch(group);
    if (options.ringTimeout !== undefined) {
      this.#stopRinging = layer.clock.after(options.ringTimeout, () => this.#cancelBranches(408));
    }
    this.#check();
  }

  #launch(targets: readonly BranchTarget[]): void {
    this.#launching = true;
    for (const target of targets) this.#branches.push(this.#plan.launch(target, this));
    this.#launching = false;
  }

  #check(): void {
    if (this.#launching || this.state !== 'pending' || this.#branches.some((branch) => branch.pending)) return;
    this.#stopRinging?.();
    if (this.cancelled || this.#failures.some(({ status }) => status >= 600)) this.#finish();
    else this.#startNextGroup();
  }

  #finish(): void {
    const { transaction, options } = this.#plan;
    this.state = 'failed';
    this.#branches = [];
    const reply = (status: number) => createResponse(transaction.request, status, undefined, { toTag: transaction.localTag });
    // Whatever the branches said, the caller hung up: 487.
    let best = (this.cancelled ? undefined : bestResponse(this.#failures)) ?? reply(this.cancelled ? 487 : 480);
    // RFC 3261 16.7 item 6: a 503 would say that this server cannot take requests.
    if (best.status === 503) best = reply(500);
    options.onFailed?.(best, this.cancelled);
    if ((options.onFailure ?? 'send') === 'send') transaction.respond(best);
  }

  #cancelBranches(because: 408 | 487): void {
    this.#stopped = true;
    for (const branch of this.#branches) branch.cancel(because, this.#cancelHeaders);
  }

  #addressed(response: SipResponse): SipResponse {
    response.source = this.#plan.transaction.request.source;
    return response;
  }

  /** late-2xx-after-cancel, when the caller has his failure already: nobody would acknowledge the call or end it. */
  #hangUp(branch: Branch, response: SipResponse): void {
    const { sent } = branch;
    if (sent?.request.method !== 'INVITE') return;
    const { layer } = this.#plan;
    try {
      const dialog = Dialog.calling(sent.request, response, sent.request.get('Contact') ?? '');
      const { seq } = sent.request.cseq;
      layer.sendAck(dialog.createAck(seq), sent.target);
      layer.send(dialog.createRequest('BYE'), sent.target, { onResponse() {}, onTimeout() {}, onTransportError() {} });
    } catch (error) {
      if (!(error instanceof DialogError)) throw error;
    }
  }
}
