import type { AccountBook } from '../billing/account-book.ts';
import type { CallCharging } from '../billing/call-record.ts';
import type { Directory } from '../directory/directory.ts';
import { type BindingStore, Registrar } from '../registrar/registrar.ts';
import { isFull } from '../routing/choose-gateways.ts';
import type { SipRequest } from '../sip/message/index.ts';
import { ProxyCore } from '../sip/proxy/index.ts';
import { type Clock, type SipTimers, TransactionLayer, type TransportPort } from '../sip/transaction/index.ts';
import type { ServerLocator } from '../sip/transport/index.ts';
import type { Target } from '../sip/transport/types.ts';
import { ActiveCalls } from './active-calls.ts';
import { AnswerService } from './answer/answer-service.ts';
import { AppStage } from './answer/app-stage.ts';
import { LastMinute } from './answer/last-minute.ts';
import type { ServiceParts } from './answer/ports.ts';
import { Authenticator, stripCredentials } from './authenticator.ts';
import { CallStarter } from './call-starter.ts';
import { type BridgeStarter, Executor } from './executor.ts';
import { ForeignCalls } from './foreign-calls.ts';
import { GatewayMonitor } from './gateways/gateway-monitor.ts';
import { GuessLimiter, MAX_WRONG } from './guess-limiter.ts';
import { type MediaParts, Relays } from './media/relays.ts';
import { MessageRelay } from './message-relay.ts';
import { MessageWaiting } from './mwi/message-waiting.ts';
import { PhoneFlows } from './nat/phone-flows.ts';
import { callerReach } from './nat/reach.ts';
import { OwnUris } from './own-uris.ts';
import { dropPhoneCommands } from './phone-commands.ts';
import { PhoneLocator } from './phone-locator.ts';
import { type BridgeDialogs, Pipeline } from './pipeline.ts';
import { targetOf } from './ring-party.ts';
import { RingStage } from './ring-stage.ts';
import { RoutePlanner } from './route-planner.ts';
import type { BridgePorts } from './stage.ts';

export interface AssemblyParts {
  readonly directory: Directory;
  readonly charging: CallCharging;
  readonly accounts: Pick<AccountBook, 'accountOf' | 'available' | 'dailyLeft'>;
  readonly bindings: BindingStore;
  readonly transport: TransportPort & {
    ownAddress(host: string, port?: number): boolean;
    mediaAddress(target: Target): { advertise: string; bind: string };
  };
  readonly media: MediaParts;
  /** What is needed to answer calls here; without it none is. */
  readonly services?: ServiceParts;
  readonly locator: ServerLocator;
  readonly bridge: (ports: BridgePorts) => BridgeStarter & BridgeDialogs;
  readonly log: (message: string, error?: unknown) => void;
  readonly clock: Clock;
  /** Wall clock, epoch ms. */
  readonly wall: () => number;
  readonly timers?: Partial<SipTimers>;
}

export interface Assembly {
  readonly transactions: TransactionLayer;
  readonly calls: ActiveCalls;
  readonly registrar: Registrar;
  readonly gateways: GatewayMonitor;
  readonly planner: RoutePlanner;
  readonly phones: PhoneLocator;
  readonly waiting: MessageWaiting;
  /** Wrong SIP passwords, by addresses that are proved to be the senders'. */
  readonly guesses: GuessLimiter;
}

/** Puts transactions, registrar, planner, stages and pipeline together over a transport. */
export function assemble(parts: AssemblyParts): Assembly {
  const { directory, charging, accounts, transport, locator, log, clock, wall } = parts;
  const transactions = new TransactionLayer({
    ...{ transport, clock, timers: parts.timers },
    onFault: (error) => log('A SIP request could not be handled', error),
  });
  const own = new OwnUris(directory, (host, port) => transport.ownAddress(host, port));
  const strip = (request: SipRequest) => {
    stripCredentials(request, directory);
    dropPhoneCommands(request);
  };
  const phones = new PhoneLocator(locator, directory);
  const proxy = new ProxyCore({ layer: transactions, locator: phones, lr: () => (directory.settings.recordRouteLrOn ? 'lr=on' : 'lr') });
  const calls = new ActiveCalls({ mono: () => clock.now(), wall }, (record) => charging.finished(record));
  calls.onChange(({ action, call }) => {
    if (action !== 'changed' || call.state !== 'talking') return;
    charging.talking(call.id, { mono: clock.now(), wall: call.answeredAt ?? wall() }, () => call.summary());
  });
  charging.onCutOff = (callId, why) => {
    calls.hangup(callId, 'credit', cutOffWords[why]);
  };
  directory.onChange(({ kind, id }) => {
    // Whoever is suspended neither goes on talking nor spending.
    if (kind !== 'subscriber' || typeof id !== 'number' || calls.size === 0 || directory.subscriberById(id)?.status !== 'suspended') return;
    for (const call of [...calls.ofSubscriber(id)]) call.hangup('admin', 'Account suspended');
  });
  const registrar = new Registrar({ directory, now: wall, store: parts.bindings, allowsContact: (uri) => own.isPhone(uri) });
  const gateways = new GatewayMonitor(directory, wall);
  const planner = new RoutePlanner({ directory, registrar, calls, gateways, accounts, now: wall });
  const relays = new Relays({
    ...{ ...parts.media, log, settings: () => directory.settings, mediaAddress: (target) => transport.mediaAddress(target) },
  });
  const flows = new PhoneFlows(directory, registrar);
  const ring = new RingStage({ proxy, transactions, locator: phones, relays, flows, strip, isOurs: (uri) => own.isOurs(uri) });
  const bridge = parts.bridge({
    ...{ transactions, charging, locator, flows, relays, domain: () => directory.settings.domain },
    session: () => ({ seconds: directory.settings.sessionExpires, minSeconds: directory.settings.minSessionExpires }),
    gatewayFailed: (id, status, fault) => gateways.callFailed(id, status, fault),
    gatewayWorked: (id) => gateways.callWorked(id),
    gatewayFree: (gateway) => !isFull(gateway, (id) => calls.countOfGateway(id)),
  });
  const answers =
    parts.services &&
    new AnswerService({
      ...{ transactions, locator: phones, flows, media: parts.services.media, prompts: parts.services.prompts, log },
      translator: () => parts.media.translator?.(),
      session: () => ({ seconds: directory.settings.sessionExpires, minSeconds: directory.settings.minSessionExpires }),
      maxCallSeconds: () => directory.settings.maxCallSeconds,
      mediaOf: (invite, caller) => {
        const { address, behindNat, rtpAsymmetric } = callerReach(invite, caller.kind, directory.settings);
        return {
          ...transport.mediaAddress(targetOf(invite.source!)),
          ...{ silenceSeconds: directory.settings.rtpSilenceSeconds, signalling: address, behindNat, asymmetric: rtpAsymmetric },
        };
      },
    });
  if (parts.services) {
    const { prompts } = parts.services;
    new LastMinute({
      ...{ calls, charging, accounts, clock, enabled: () => directory.settings.lastMinuteWarning },
      toldBefore: ({ start }, leftMs) =>
        directory.settings.announcements && start.caller.kind !== 'stranger' && leftMs < directory.settings.minutesLeftBelow * 60_000,
      words: ({ start: { caller } }) =>
        prompts.say(
          caller.kind === 'subscriber' ? directory.promptLanguages.of(caller.subscriber) : directory.settings.language,
          'minutes-left-one',
        ),
    });
  }
  const apps = answers && new AppStage(answers, parts.services.registry, directory);
  const executor = new Executor({ directory, charging, accountOf: (id) => accounts.accountOf(id), locator: phones, ring, bridge, apps });
  const foreign = new ForeignCalls({
    directory,
    locator: phones,
    ring,
    calls,
    ownAddress: (address, port) => transport.ownAddress(address, port),
  });
  const guesses = new GuessLimiter(() => clock.now());
  guesses.watch(({ address, count }) => {
    if (count === MAX_WRONG) log(`Too many wrong SIP passwords from ${address}: turned away for a minute`);
  });
  const waiting = new MessageWaiting({ directory, registrar, transactions, locator: phones, clock });
  const pipeline = new Pipeline({
    ...{ directory, own, ring, bridge: answers ? eitherOf(bridge, answers) : bridge, registrar },
    authenticator: new Authenticator(directory, clock, guesses),
    starter: new CallStarter({ directory, calls, planner, executor, foreign, now: wall }),
    messages: new MessageRelay({ planner, proxy, locator: phones, strip }),
    waiting,
  });
  transactions.onRequest = (request, tx) => pipeline.receive(request, tx);
  transactions.onAck = (ack) => pipeline.receiveAck(ack);
  return { transactions, calls, registrar, gateways, planner, phones, waiting, guesses };
}

/** The dialogs that end here, with gateways behind them or with services. */
const eitherOf = (a: BridgeDialogs, b: BridgeDialogs): BridgeDialogs => ({
  handle: (request, tx) => a.handle(request, tx) || b.handle(request, tx),
  handleAck: (ack) => a.handleAck(ack) || b.handleAck(ack),
  isAtHome: (request) => a.isAtHome(request) ?? b.isAtHome(request),
});

const cutOffWords = { credit: 'Credit used up', 'daily-cap': 'Daily limit reached', 'max-duration': 'Longest duration reached' } as const;
