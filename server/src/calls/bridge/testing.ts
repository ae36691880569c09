import type { AnsweredAt, CallCharging, CallRecord } from '../../billing/call-record.ts';
import { Directory } from '../../directory/directory.ts';
import { type DirectorySettings, defaultDirectorySettings, type Gateway, type Subscriber } from '../../directory/types.ts';
import type { Binding } from '../../registrar/binding.ts';
import type { SipRequest, SipResponse, SipUri } from '../../sip/message/index.ts';
import { answerTo, FakeClock, FakeTransport, type RequestFields, requestText, settle } from '../../sip/testing/index.ts';
import { answerCancel, type ServerTransaction, TransactionLayer } from '../../sip/transaction/index.ts';
import type { Endpoint, Target } from '../../sip/transport/types.ts';
import { ActiveCalls } from '../active-calls.ts';
import type { Call } from '../call.ts';
import { Relays } from '../media/relays.ts';
import { FakeRelays } from '../media/testing.ts';
import { PhoneFlows } from '../nat/phone-flows.ts';
import type { BridgeJob, StageFailure, StageHandle } from '../stage.ts';
import { BridgeService } from './bridge-service.ts';

export const CALLER = { protocol: 'udp' as const, address: '192.0.2.10', port: 5060 };
export const OFFER = 'v=0\r\no=caller 1 1 IN IP4 192.0.2.10\r\n';
export const ANSWER = 'v=0\r\no=gateway 1 1 IN IP4 192.0.2.50\r\n';

export function gateway(id: number, fields: Partial<Gateway> = {}): Gateway {
  return {
    ...{ id, name: `gw${id}`, enabled: true, host: `192.0.2.${49 + id}`, port: 5060, transport: 'udp', username: null, password: null },
    ...{ register: false, prefix: '', strip: 0, add: '', priority: 0, maxCalls: null, sources: [], callerIdMode: 'p-asserted-identity' },
    ...{ probe: false, ringTimeout: 45, tlsVerify: true, relayMedia: 'when-needed', recordCalls: false },
    ...fields,
  };
}

const subscriber = { id: 7, number: '1001', domain: 'example.org', displayName: 'Ada', callerId: '34910000001' } as Subscriber;

/** A bridge on a fake wire: the test plays the caller's phone and the gateways. */
export class BridgeLab {
  readonly clock = new FakeClock();
  readonly transport = new FakeTransport();
  readonly layer = new TransactionLayer({
    transport: this.transport,
    clock: this.clock,
    onFault: (error) => {
      throw error;
    },
  });
  readonly records: CallRecord[] = [];
  readonly failures: StageFailure[] = [];
  readonly health: string[] = [];
  readonly relays = new FakeRelays();
  readonly answeredAt: AnsweredAt[] = [];
  readonly bridge: BridgeService;
  readonly #calls: ActiveCalls;
  /** Set to hold the 200 back, as a slow disk does. */
  journal: Promise<void> = Promise.resolve();
  gateways = [gateway(1)];
  /** Where the caller's phone is. */
  caller: Endpoint = CALLER;
  /** Where it has registered. */
  bindings: Binding[] = [];
  settings: Partial<DirectorySettings> = {};
  maxSeconds: number | null = null;
  call!: Call;
  tx!: ServerTransaction;
  handle!: StageHandle;

  constructor(seconds = 1800) {
    const calls = new ActiveCalls({ mono: () => this.clock.now(), wall: () => this.clock.now() }, (record) => this.records.push(record));
    this.#calls = calls;
    const charging: CallCharging = {
      authorise: () => ({ ok: true }),
      answered: (_, at) => {
        this.answeredAt.push(at);
        return this.journal;
      },
      talking: () => undefined,
      finished: () => undefined,
      onCutOff: () => undefined,
      snapshot: () => undefined,
    };
    this.bridge = new BridgeService({
      transactions: this.layer,
      charging,
      relays: new Relays({
        ...this.relays.parts,
        settings: () => ({ ...defaultDirectorySettings, ...this.settings }),
        mediaAddress: (target) => this.transport.mediaAddress(target),
        log: (message, error) => {
          throw new Error(message, { cause: error });
        },
      }),
      flows: new PhoneFlows(new Directory(), { bindingsOf: () => this.bindings }),
      locator: { locateNow: numeric, locate: async () => [] },
      gatewayFailed: (id, status) => this.health.push(`${id} failed ${status}`),
      gatewayWorked: (id) => this.health.push(`${id} worked`),
      gatewayFree: ({ id, maxCalls }) => maxCalls === null || calls.countOfGateway(id) < maxCalls,
      domain: () => 'example.org',
      session: () => ({ seconds, minSeconds: 90 }),
    });
    this.layer.onAck = (ack) => this.bridge.handleAck(ack);
    this.layer.onRequest = (request, tx) => {
      if (request.method === 'CANCEL') answerCancel(tx);
      else if (request.to.tag !== undefined) {
        if (!this.bridge.handle(request, tx)) tx.reply(481);
      } else this.#start(request, tx, calls);
    };
  }

  #start(request: SipRequest, tx: ServerTransaction, calls: ActiveCalls): void {
    this.tx = tx;
    this.call = calls.open({
      ...{ sipCallId: request.callId, caller: { kind: 'subscriber', subscriber }, fromUser: '1001', fromName: '', dialled: '0034911' },
      startedAt: this.clock.now(),
    });
    tx.reply(100);
    const job: BridgeJob = {
      ...{ call: this.call, tx, caller: subscriber, maxSeconds: this.maxSeconds },
      legs: this.gateways.map((each) => ({ gateway: each, requestUser: '34911' })),
      onFailed: (failure) => {
        this.failures.push(failure);
        const { status, reason, response, endedBy = 'callee' } = failure;
        if (response) tx.respond(response);
        else tx.reply(status, reason);
        this.call.finish({ status, reason, endedBy });
      },
    };
    this.handle = this.bridge.start(job);
  }

  /** Another call takes a line of this gateway. */
  takeLine(gatewayId: number): void {
    const start = { sipCallId: 'other', caller: { kind: 'stranger' }, fromUser: '', fromName: '', dialled: '', startedAt: 0 } as const;
    this.#calls.open(start).useGateway(gatewayId);
  }

  /** The caller dials; answers with the INVITE that the first gateway got. */
  dial(fields: RequestFields = {}): SipRequest {
    this.transport.deliver(requestText('INVITE', { uri: 'sip:0034911@example.org', body: OFFER, ...fields }), this.caller);
    return this.toGateway('INVITE')!;
  }

  /** From a whole call up to the caller's ACK. */
  async connect(fields: RequestFields = {}, answer: Parameters<typeof answerTo>[2] = {}): Promise<SipRequest> {
    const invite = this.dial(fields);
    this.fromGateway(invite, 200, { body: ANSWER, ...answer });
    await settle();
    this.fromCaller('ACK', { branch: 'z9hG4bKack1' });
    this.taken = [];
    this.transport.take();
    return invite;
  }

  /** The gateway answers one of our requests. */
  fromGateway(request: SipRequest, status: number, fields: Parameters<typeof answerTo>[2] = {}): void {
    const from = { protocol: 'udp' as const, address: '192.0.2.50', port: 5060 };
    this.transport.deliver(answerTo(request, status, { contact: '<sip:gw@192.0.2.50:5060>', toTag: 'gw', ...fields }), from);
  }

  /** The caller answers one of our requests. */
  answerFromCaller(request: SipRequest, status: number, fields: Parameters<typeof answerTo>[2] = {}): void {
    this.transport.deliver(answerTo(request, status, { contact: '<sip:1001@192.0.2.10:5060>', ...fields }), this.caller);
  }

  /** A request of the caller inside the dialog. */
  fromCaller(method: string, fields: RequestFields = {}): void {
    const to = `<sip:1002@example.org>;tag=${this.tx.localTag}`;
    this.transport.deliver(
      requestText(method, { to, uri: 'sip:0034911@192.0.2.1', branch: `z9hG4bK${method}${this.#branch++}`, ...fields }),
      this.caller,
    );
  }

  /** A request of the gateway inside the dialog that `invite` began. */
  requestFromGateway(invite: SipRequest, method: string, fields: RequestFields = {}): void {
    const text = requestText(method, {
      ...{
        via: `SIP/2.0/UDP 192.0.2.50:5060;branch=z9hG4bKgw${method}${this.#branch++}`,
        callId: invite.callId,
        uri: 'sip:trunk@192.0.2.1',
      },
      ...{ from: `${invite.get('To')};tag=gw`, to: invite.get('From')!, contact: '<sip:gw@192.0.2.50:5060>' },
      ...fields,
    });
    this.transport.deliver(text, { protocol: 'udp', address: '192.0.2.50', port: 5060 });
  }
  #branch = 1;

  taken: { message: SipRequest | SipResponse; side: 'caller' | 'gateway' }[] = [];

  #collect(): void {
    for (const { message, target } of this.transport.take()) {
      const address = target?.address ?? message.source?.address ?? '';
      this.taken.push({ message, side: address === CALLER.address ? 'caller' : 'gateway' });
    }
  }

  /** Everything sent since the last look, as `gateway INVITE` or `caller 200`. */
  lines(): string[] {
    this.#collect();
    return this.taken.splice(0).map(({ message, side }) => `${side} ${message.kind === 'request' ? message.method : message.status}`);
  }

  /** The latest request of this method that a gateway got, taken off what was sent. */
  toGateway(method: string): SipRequest | undefined {
    return this.#pick('gateway', method) as SipRequest | undefined;
  }

  /** The latest request of this method, or response with this status, that the caller got. */
  toCaller(method: string): SipRequest;
  toCaller(status: number): SipResponse;
  toCaller(what: string | number): SipRequest | SipResponse | undefined {
    return this.#pick('caller', what);
  }

  #pick(side: string, what: string | number): SipRequest | SipResponse | undefined {
    this.#collect();
    const at = this.taken.findLastIndex(
      ({ message, side: its }) => its === side && (message.kind === 'request' ? message.method : message.status) === what,
    );
    return at < 0 ? undefined : this.taken.splice(at, 1)[0]!.message;
  }
}

function numeric(uri: SipUri): Target | undefined {
  return /^[\d.]+$/.test(uri.host)
    ? { protocol: uri.transport === 'tcp' ? 'tcp' : 'udp', address: uri.host, port: uri.port ?? 5060 }
    : undefined;
}
