import type { Directory } from '../directory/directory.ts';
import type { Registrar } from '../registrar/registrar.ts';
import type { Caller } from '../routing/call-plan.ts';
import { type SipRequest, SipUri } from '../sip/message/index.ts';
import { preprocessRoute } from '../sip/proxy/index.ts';
import { answerCancel, type ServerTransaction } from '../sip/transaction/index.ts';
import type { Authenticator } from './authenticator.ts';
import type { CallStarter } from './call-starter.ts';
import type { MessageRelay } from './message-relay.ts';
import type { MessageWaiting } from './mwi/message-waiting.ts';
import type { OwnUris } from './own-uris.ts';
import { refuse } from './refuse.ts';
import type { RingStage } from './ring-stage.ts';

/** In-dialog requests of the back-to-back calls. Each answers whether the request was one of theirs. */
export interface BridgeDialogs {
  handle(request: SipRequest, tx: ServerTransaction): boolean;
  handleAck(ack: SipRequest): boolean;
  /** Does it come from the address this side of the dialog has been on? undefined: not a dialog of theirs. */
  isAtHome(request: SipRequest): boolean | undefined;
}

export interface PipelinePorts {
  readonly directory: Directory;
  readonly registrar: Registrar;
  readonly own: OwnUris;
  readonly authenticator: Authenticator;
  readonly ring: RingStage;
  readonly bridge: BridgeDialogs;
  readonly starter: CallStarter;
  readonly messages: MessageRelay;
  readonly waiting: MessageWaiting;
}

/** A request on its way through the steps, and what they found out. */
export interface Exchange {
  readonly request: SipRequest;
  readonly tx: ServerTransaction;
  /** Who sends it; known after `authenticate`. */
  caller?: Caller;
  /** Served domain of the Request-URI; known after `servedDomain`. */
  domain?: string;
}

/** What we answer or pass on outside and inside dialogs. */
const allowed = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'MESSAGE',
  'PRACK',
  'UPDATE',
  'INFO',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
];
const allow: [string, string] = ['Allow', allowed.join(', ')];
/** They mean nothing without a dialog. */
const inDialogOnly = new Set(['BYE', 'PRACK', 'UPDATE', 'INFO', 'NOTIFY', 'REFER']);

/** The way of every request: the steps in their order. A step that answers or sends the request on ends it. */
export class Pipeline {
  /** Each returns true when it has dealt with the request. */
  readonly steps: readonly (readonly [name: string, step: (x: Exchange) => boolean])[] = [
    ['admission: hops, extensions, URI scheme', (x) => this.#admission(x)],
    ['CANCEL', (x) => this.#cancel(x)],
    ['method known', (x) => this.#methodKnown(x)],
    ['in-dialog', (x) => this.#inDialog(x)],
    ['OPTIONS to us', (x) => this.#options(x)],
    ['authenticate, or trusted peer', (x) => this.#authenticate(x)],
    ['identity', (x) => this.#identity(x)],
    ['preloaded Route', (x) => this.#preloadedRoute(x)],
    ['served domain, or own user to a foreign one', (x) => this.#servedDomain(x)],
    ['REGISTER', (x) => this.#register(x)],
    ['SUBSCRIBE', (x) => this.#subscribe(x)],
    ['MESSAGE', (x) => this.#message(x)],
    ['INVITE: number, routing, call plan', (x) => this.#invite(x)],
  ];
  readonly #ports: PipelinePorts;

  constructor(ports: PipelinePorts) {
    this.#ports = ports;
  }

  /** For TransactionLayer.onRequest. */
  receive(request: SipRequest, tx: ServerTransaction): void {
    const exchange: Exchange = { request, tx };
    for (const [, step] of this.steps) if (step(exchange)) return;
    tx.reply(405, undefined, [allow]);
  }

  /** For TransactionLayer.onAck: the ACK for a 2xx. It is never answered; one of no dialog is dropped (O-67). */
  receiveAck(ack: SipRequest): void {
    preprocessRoute(ack, (uri) => this.#ports.own.isOurs(uri));
    if (ack.maxForwards === 0) return;
    if (!this.#ports.bridge.handleAck(ack)) this.#ports.ring.handleAck(ack);
  }

  #admission({ request, tx }: Exchange): boolean {
    // G-1, RFC 3261 16.3 item 3.
    if (request.maxForwards === 0) {
      tx.dismiss(483);
      return true;
    }
    const required = request.tokens('Proxy-Require');
    if (required.length > 0 && request.method !== 'CANCEL') {
      tx.dismiss(420, undefined, [['Unsupported', required.join(', ')]]);
      return true;
    }
    const { scheme } = request.uri;
    if (scheme === 'sip' || scheme === 'sips' || scheme === 'tel') return false;
    tx.dismiss(416);
    return true;
  }

  /** One for a transaction we do not know is answered with 481 and goes nowhere (O-69). */
  #cancel({ request, tx }: Exchange): boolean {
    if (request.method !== 'CANCEL') return false;
    answerCancel(tx);
    return true;
  }

  #methodKnown({ request, tx }: Exchange): boolean {
    if (allowed.includes(request.method)) return false;
    tx.dismiss(405, undefined, [allow]);
    return true;
  }

  /** Requests inside dialogs we know go on; those that only claim a dialog change nothing: 481. */
  #inDialog({ request, tx }: Exchange): boolean {
    const { own, bridge, ring } = this.#ports;
    const { method } = request;
    // A SUBSCRIBE has to prove itself each time, also one that refreshes (RFC 6665 4.2.1.2).
    if (method === 'REGISTER' || method === 'SUBSCRIBE') return false;
    if (request.to.tag === undefined) {
      if (!inDialogOnly.has(method)) return false;
      tx.dismiss(481);
      return true;
    }
    preprocessRoute(request, (uri) => own.isOurs(uri));
    if (!this.#gatewayOf(request)) dropAssertions(request);
    const atHome = bridge.isAtHome(request) ?? ring.isAtHome(request);
    if (atHome === undefined) tx.dismiss(481);
    else if (method !== 'INVITE' || atHome || this.#provesReinvite(request, tx)) {
      if (!bridge.handle(request, tx)) ring.handle(request, tx);
    }
    return true;
  }

  /** G-12: a re-INVITE from an address that the call has not been on comes from a gateway, or from somebody who knows the password. */
  #provesReinvite(request: SipRequest, tx: ServerTransaction): boolean {
    const { directory, own, authenticator } = this.#ports;
    if (this.#gatewayOf(request)) return true;
    const { uri } = request.from;
    const verdict = authenticator.verify(request, 'proxy', own.domainOf(uri.host) ?? directory.settings.domain);
    if (!verdict.ok) tx.reply(verdict.status, verdict.reason, verdict.headers);
    else if (verdict.subscriber.number !== uri.user) tx.reply(403, 'Use From=ID');
    else return true;
    return false;
  }

  #options({ request, tx }: Exchange): boolean {
    if (request.method !== 'OPTIONS') return false;
    // Without a transaction, as anybody may ask in any number. The same answer whether the user exists or not: numbers cannot be fished for.
    if (this.#ports.own.isOurs(request.uri))
      tx.dismiss(200, undefined, [allow, ['Accept', 'application/sdp'], ['Supported', 'path, outbound']]);
    else tx.dismiss(403);
    return true;
  }

  #authenticate(x: Exchange): boolean {
    const { request, tx } = x;
    const { directory, own, authenticator } = this.#ports;
    const registers = request.method === 'REGISTER';
    const kind = registers || request.method === 'SUBSCRIBE' ? 'www' : 'proxy';
    const gateway = registers ? undefined : this.#gatewayOf(request);
    if (gateway && !authenticator.hasCredentials(request, kind)) {
      x.caller = { kind: 'gateway', gateway };
      return false;
    }
    const domain = own.domainOf((registers ? request.to : request.from).uri.host);
    if (domain === undefined) {
      // Neither he nor whom he wants is ours: we are no open relay (G-18, O-75).
      if (registers || !own.isOurs(request.uri)) {
        tx.dismiss(403, 'Domain not served here');
        return true;
      }
      if (directory.settings.acceptStrangers && !authenticator.hasCredentials(request, kind)) {
        x.caller = { kind: 'stranger' };
        return false;
      }
    }
    const verdict = authenticator.verify(request, kind, domain ?? directory.settings.domain);
    if (!verdict.ok) {
      // Anybody can send these in any number: nothing is kept of them (G-4).
      tx.dismiss(verdict.status, verdict.reason, verdict.headers);
      return true;
    }
    x.caller = { kind: 'subscriber', subscriber: verdict.subscriber };
    return false;
  }

  /** Who is named must be who has the password: To of a REGISTER, From of the rest (G-22, G-30, O-92). */
  #identity({ request, tx, caller }: Exchange): boolean {
    if (caller?.kind !== 'gateway') dropAssertions(request);
    if (caller?.kind !== 'subscriber') return false;
    const registers = request.method === 'REGISTER';
    const { uri } = registers ? request.to : request.from;
    if (uri.user === caller.subscriber.number && this.#ports.own.domainOf(uri.host) === caller.subscriber.domain) return false;
    tx.reply(403, registers ? 'Use To=ID' : 'Use From=ID');
    return true;
  }

  /** A phone may name us as its outbound proxy; any other Route in a new request would lead round our checks (G-11, O-72). */
  #preloadedRoute({ request, tx }: Exchange): boolean {
    preprocessRoute(request, (uri) => this.#ports.own.isOurs(uri));
    if (!request.has('Route')) return false;
    tx.reply(403, 'Preloaded Route denied');
    return true;
  }

  #servedDomain(x: Exchange): boolean {
    const { request, tx } = x;
    const { directory, own, registrar } = this.#ports;
    if (own.isOurs(request.uri)) {
      x.domain = own.domainOf(request.uri.host) ?? directory.settings.domain;
      return false;
    }
    // The Contact of a phone of ours, learnt in another call: an attended transfer calls it (RFC 5589 7).
    const phone = x.caller?.kind === 'subscriber' && request.method === 'INVITE' ? registrar.bindingAt(request.uri) : undefined;
    const owner = phone && directory.subscriberById(phone.subscriberId);
    if (owner) {
      request.uri = new SipUri('sip', owner.number, owner.domain);
      x.domain = owner.domain;
      return false;
    }
    // Own user's foreign call: the setting decides (O-4).
    if (request.method === 'REGISTER') tx.reply(403, 'Domain not served here');
    else if (request.method === 'INVITE' && x.caller?.kind === 'subscriber')
      this.#ports.starter.beginForeign(request, tx, x.caller.subscriber);
    else refuse(tx, 'foreign-domain', directory.settings.domain);
    return true;
  }

  #register({ request, tx, caller }: Exchange): boolean {
    if (request.method !== 'REGISTER') return false;
    if (caller?.kind !== 'subscriber') tx.reply(403);
    else if (caller.subscriber.status !== 'active') refuse(tx, 'suspended', caller.subscriber.domain);
    else {
      const { status, reason, headers } = this.#ports.registrar.register(request, caller.subscriber);
      tx.reply(status, reason, headers);
    }
    return true;
  }

  #subscribe({ request, tx, caller }: Exchange): boolean {
    if (request.method !== 'SUBSCRIBE') return false;
    if (caller?.kind === 'subscriber' && caller.subscriber.status === 'active')
      this.#ports.waiting.subscribe(request, tx, caller.subscriber);
    else tx.reply(403);
    return true;
  }

  #message({ request, tx, caller, domain }: Exchange): boolean {
    if (request.method !== 'MESSAGE' || !caller || domain === undefined) return false;
    this.#ports.messages.relay(request, tx, caller, domain);
    return true;
  }

  #invite({ request, tx, caller, domain }: Exchange): boolean {
    if (request.method !== 'INVITE' || !caller || domain === undefined) return false;
    this.#ports.starter.begin(request, tx, caller, domain);
    return true;
  }

  #gatewayOf({ source }: SipRequest) {
    return source && this.#ports.directory.gatewayBySource(source.address, source.port);
  }
}

/** Who somebody is, is for us and trusted gateways to say (RFC 3325 5): phones show what these headers claim. */
function dropAssertions(request: SipRequest): void {
  for (const name of ['P-Asserted-Identity', 'Remote-Party-ID']) if (request.has(name)) request.remove(name);
}
