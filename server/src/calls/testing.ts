import type { AuthoriseRefusal, CallCharging, CallRecord, PaidCall } from '../billing/call-record.ts';
import { money } from '../billing/testing.ts';
import { Directory } from '../directory/directory.ts';
import { aSubscriber } from '../directory/testing.ts';
import type { Subscriber } from '../directory/types.ts';
import type { Credit } from '../routing/call-plan.ts';
import { answerChallenge, ha1 } from '../sip/digest.ts';
import { type SipRequest, SipRequest as SipRequestClass, type SipResponse } from '../sip/message/index.ts';
import { buildRequest, FakeClock, FakeTransport, type RequestFields, settle } from '../sip/testing/index.ts';
import { ServerLocator } from '../sip/transport/index.ts';
import type { Endpoint } from '../sip/transport/types.ts';
import type { ServiceParts } from './answer/ports.ts';
import { type Assembly, assemble } from './assembly.ts';
import { FakeRelays } from './media/testing.ts';
import type { BridgeJob, BridgePorts, StageHandle } from './stage.ts';

export const DOMAIN = 'example.org';

/** A subscriber whose password is `secret-<number>`. */
export const withPassword = (id: number, number: string, changes: Partial<Subscriber> = {}): Subscriber => {
  const password = `secret-${number}`;
  return aSubscriber({
    ...{ id, number, domain: DOMAIN, displayName: `Person ${number}` },
    ha1Md5: ha1('MD5', number, DOMAIN, password),
    ha1Sha256: ha1('SHA-256', number, DOMAIN, password),
    ha1Md5AtDomain: ha1('MD5', `${number}@${DOMAIN}`, DOMAIN, password),
    ha1Sha256AtDomain: ha1('SHA-256', `${number}@${DOMAIN}`, DOMAIN, password),
    ...changes,
  });
};

/** Charging that takes note. It grants everything unless told otherwise. */
export class RecordingCharging implements CallCharging {
  readonly authorised: PaidCall[] = [];
  readonly records: CallRecord[] = [];
  refuseWith: AuthoriseRefusal | undefined;
  onCutOff: CallCharging['onCutOff'] = () => undefined;

  authorise(call: PaidCall) {
    this.authorised.push(call);
    return this.refuseWith ? ({ ok: false, code: this.refuseWith } as const) : ({ ok: true } as const);
  }
  async answered(): Promise<void> {}
  talking(): void {}
  finished(record: CallRecord): void {
    this.records.push(record);
  }
  snapshot(): undefined {
    return undefined;
  }
}

/** A bridge that takes note of its jobs and lets the test say how they end. */
export class RecordingBridge {
  readonly jobs: BridgeJob[] = [];
  readonly ports: BridgePorts;
  constructor(ports: BridgePorts) {
    this.ports = ports;
  }
  start(job: BridgeJob): StageHandle {
    this.jobs.push(job);
    return { cancel: () => undefined };
  }
  handle(): boolean {
    return false;
  }
  handleAck(): boolean {
    return false;
  }
  isAtHome(): undefined {
    return undefined;
  }
}

export const ANN: Endpoint = { protocol: 'udp', address: '192.0.2.10', port: 5060 };
export const BOB: Endpoint = { protocol: 'udp', address: '192.0.2.20', port: 5060 };

/** The whole SIP side over a fake transport: what goes in and what comes out, with the time in the test's hand. */
export class Bench {
  readonly clock = new FakeClock();
  readonly transport = new FakeTransport();
  readonly directory = new Directory();
  readonly charging = new RecordingCharging();
  readonly node: Assembly;
  readonly faults: unknown[] = [];
  readonly relays = new FakeRelays();
  credit: Credit = { accountId: 9, available: money('10'), dailyLeft: null };
  wall = 1_800_000_000_000;
  #branch = 0;
  #bridge: RecordingBridge | undefined;

  constructor(services?: ServiceParts) {
    this.directory.updateSettings({ domain: DOMAIN });
    this.directory.upsertSubscriber(withPassword(1, '1001'));
    this.directory.upsertSubscriber(withPassword(2, '1002'));
    this.node = assemble({
      ...{ directory: this.directory, charging: this.charging, transport: this.transport, clock: this.clock, wall: () => this.wall },
      accounts: { accountOf: () => this.credit.accountId, available: () => this.credit.available, dailyLeft: () => this.credit.dailyLeft },
      bindings: { save() {}, remove() {} },
      media: {
        engine: (order) => this.relays.parts.engine(order),
        recording: (call, gateway) => this.relays.parts.recording(call, gateway),
        translator: () => this.relays.parts.translator?.(),
      },
      services,
      locator: new ServerLocator(undefined, { clock: this.clock }),
      bridge: (ports) => {
        this.#bridge = new RecordingBridge(ports);
        return this.#bridge;
      },
      log: (_, error) => this.faults.push(error),
    });
  }

  /** Number of the branch that the latest request got. */
  get lastBranch(): number {
    return this.#branch;
  }

  get bridge(): RecordingBridge {
    if (!this.#bridge) throw new Error('no bridge');
    return this.#bridge;
  }

  /** A request with a branch of its own; in a `via` that is given, BRANCH stands for it. */
  request(method: string, fields: RequestFields = {}): SipRequest {
    const branch = `z9hG4bKbench${++this.#branch}`;
    return buildRequest(method, { branch, ...fields, ...(fields.via !== undefined && { via: fields.via.replace('BRANCH', branch) }) });
  }

  /** Delivers and returns the responses and requests that left because of it. */
  send(request: SipRequest | SipResponse | string, from: Endpoint = ANN) {
    this.transport.take();
    this.transport.deliver(request, from);
    return this.transport.take().map(({ message }) => message);
  }

  /** The request that leaves when the relay of its call is ready. */
  async relayed(): Promise<SipRequest> {
    await settle();
    const { message } = this.transport.take().at(-1) ?? {};
    if (!(message instanceof SipRequestClass)) throw new Error('no request has left');
    return message;
  }

  /** Delivers a request, answers the challenge that comes, and returns what leaves then. `username`: when it is not the number. */
  sendAs(number: string, method: string, fields: RequestFields = {}, from: Endpoint = ANN, username = number) {
    const first = this.send(this.request(method, fields), from);
    const challenge = first.at(-1) as SipResponse;
    if (challenge.status !== 401 && challenge.status !== 407) return first;
    const uri = fields.uri ?? 'sip:1002@example.org';
    const answer = answerChallenge(challenge, { username, password: `secret-${number}` }, { method, uri });
    if (!answer) throw new Error('challenge cannot be answered');
    const headers = [...(fields.headers ?? []), `${answer.name}: ${answer.value}`];
    return this.send(this.request(method, { ...fields, cseq: (fields.cseq ?? 1) + 1, headers }), from);
  }

  /** Registers Bob's phone at its usual address. */
  registerBob(fields: RequestFields = {}, from: Endpoint = BOB): SipResponse {
    const self = '<sip:1002@example.org>';
    const sent = this.sendAs(
      '1002',
      'REGISTER',
      {
        ...{ uri: 'sip:example.org', from: `${self};tag=r`, to: self, callId: 'reg-bob', contact: '<sip:1002@192.0.2.20:5060>' },
        ...{ via: 'SIP/2.0/UDP 192.0.2.20:5060;branch=BRANCH', ...fields },
      },
      from,
    );
    return sent.at(-1) as SipResponse;
  }
}

export const statuses = (messages: readonly (SipRequest | SipResponse)[]): string[] =>
  messages.map((message) => (message instanceof SipRequestClass ? message.method : String(message.status)));
