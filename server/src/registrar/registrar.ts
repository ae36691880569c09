import type { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { type NameAddr, type SipRequest, SipUri } from '../sip/message/index.ts';
import type { Binding, BindingChange } from './binding.ts';
import { BindingTable } from './binding-table.ts';
import { type ContactRequest, detach, readContact, writeQ } from './contact-request.ts';
import { isBehindNat, keepsFlow } from './nat.ts';

/** What the phone is answered. */
export interface RegisterReply {
  readonly status: number;
  readonly reason?: string;
  readonly headers: [string, string][];
}

/** Where bindings are kept over a restart. Both return at once. */
export interface BindingStore {
  save(binding: Binding): void;
  remove(id: number): void;
}

export interface RegistrarOptions {
  readonly directory: Directory;
  /** Wall clock, epoch ms. */
  readonly now: () => number;
  readonly store: BindingStore;
  /** May calls be sent to this contact? Not to ourselves, nor round the billing to a gateway. */
  readonly allowsContact?: (uri: SipUri) => boolean;
}

/** Extensions of SIP that this registrar takes part in. */
export const registrarExtensions = ['path', 'outbound'] as const;

interface Wanted extends ContactRequest {
  readonly known: Binding | undefined;
}

/** The registrar of RFC 3261 10.3 over bindings in memory. The pipeline has proved who asks before it comes here. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #table = new BindingTable();
  readonly #listeners = new Set<(change: BindingChange) => void>();
  #nextId = 1;
  #expired = 0;

  constructor(options: RegistrarOptions) {
    this.#options = options;
    options.directory.onChange((change) => {
      if (change.kind !== 'subscriber' || change.action !== 'remove') return;
      for (const binding of this.#table.of(Number(change.id))) this.#drop(binding, 'removed');
    });
  }

  get stats(): { registered: number; expired: number } {
    return { registered: this.#table.size, expired: this.#expired };
  }

  /** Takes over what was stored before a restart; what has expired since is forgotten. */
  load(bindings: Iterable<Binding>): void {
    for (const binding of bindings) {
      this.#nextId = Math.max(this.#nextId, binding.id + 1);
      if (this.#isExpired(binding) || !this.#options.directory.subscriberById(binding.subscriberId)) this.#options.store.remove(binding.id);
      else this.#table.put(binding);
    }
  }

  /** Bindings of a subscriber that have not expired. */
  bindingsOf(subscriberId: number): readonly Binding[] {
    const bindings = this.#table.of(subscriberId);
    return bindings.some((binding) => this.#isExpired(binding)) ? bindings.filter((binding) => !this.#isExpired(binding)) : bindings;
  }

  isOnline(aor: string): boolean {
    const subscriber = this.#subscriberOf(aor);
    return subscriber !== undefined && this.bindingsOf(subscriber.id).length > 0;
  }

  /** The AORs with a binding that has not expired. */
  aors(): Set<string> {
    const aors = new Set<string>();
    for (const binding of this.#table.all()) if (!this.#isExpired(binding)) aors.add(binding.aor);
    return aors;
  }

  list(): Iterable<Binding> {
    return this.#table.all();
  }

  binding(id: number): Binding | undefined {
    return this.#table.get(id);
  }

  /** The phone that this URI leads to: its Contact, or the one others were shown of it when it is behind NAT. */
  bindingAt(uri: SipUri): Binding | undefined {
    return this.#table.at(uri, (binding) => !this.#isExpired(binding));
  }

  /** Takes a binding away, as an administrator does. */
  remove(id: number): boolean {
    const binding = this.#table.get(id);
    if (binding) this.#drop(binding, 'removed');
    return binding !== undefined;
  }

  /** Takes all bindings of an AOR away; returns how many there were. */
  removeAor(aor: string): number {
    const own = this.#table.of(this.#subscriberOf(aor)?.id ?? 0);
    for (const binding of own) this.#drop(binding, 'removed');
    return own.length;
  }

  /**
   * Adds a binding by hand (O-60).
   * @param options.q 0 to 1000; 1000 when left out.
   * @param options.expiresAt epoch ms; null or left out = for good.
   * @returns undefined when the AOR belongs to nobody.
   * @throws SipSyntaxError when `contact` is no SIP URI
   */
  add(aor: string, contact: string, options: { q?: number; expiresAt?: number | null } = {}): Binding | undefined {
    const uri = SipUri.parse(contact);
    const subscriber = this.#subscriberOf(aor);
    if (!subscriber) return undefined;
    const { q = 1000, expiresAt = null } = options;
    const now = this.#options.now();
    const known = this.#table.of(subscriber.id).find((binding) => SipUri.parse(binding.contact).equals(uri));
    const binding: Binding = {
      ...{ id: known?.id ?? this.#nextId++, subscriberId: subscriber.id, aor: aorOf(subscriber), contact, params: '', q, expiresAt },
      ...{ callId: '', cseq: 0, instance: null, regId: null, path: [], received: null, nat: false, flow: undefined },
      ...{ userAgent: null, registeredAt: known?.registeredAt ?? now, refreshedAt: now },
    };
    this.#keep(binding, known ? 'refreshed' : 'added');
    return binding;
  }

  onChange(listener: (change: BindingChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets bindings whose time is over; to be called every few seconds. */
  sweep(): void {
    for (const binding of this.#table.all()) {
      if (!this.#isExpired(binding)) continue;
      this.#expired++;
      this.#drop(binding, 'expired');
    }
  }

  /** Carries out a REGISTER of this subscriber: all of it or nothing (RFC 3261 10.3). */
  register(request: SipRequest, subscriber: Subscriber): RegisterReply {
    const unsupported = request
      .tokens('Require')
      .filter((name) => !(registrarExtensions as readonly string[]).includes(name.toLowerCase()));
    if (unsupported.length > 0) return { status: 420, headers: [['Unsupported', unsupported.join(', ')]] };
    const { contacts } = request;
    if (contacts === '*') return this.#removeAll(request, subscriber);
    const wanted: Wanted[] = [];
    for (const address of contacts) {
      const problem = this.#want(request, subscriber, address, wanted);
      if (problem) return problem;
    }
    const before = this.#cutToLimit(subscriber, wanted);
    for (const binding of before) this.#drop(binding, 'removed');
    for (const contact of wanted) this.#carryOut(request, subscriber, contact);
    return this.#ok(request, subscriber, wanted);
  }

  /** `Contact: *` with `Expires: 0` takes all bindings away (RFC 3261 10.2.2). */
  #removeAll(request: SipRequest, subscriber: Subscriber): RegisterReply {
    if (request.get('Expires')?.trim() !== '0') return { status: 400, reason: 'Contact * needs Expires 0', headers: [] };
    const own = this.#table.of(subscriber.id);
    if (own.some((binding) => isOutOfOrder(request, binding))) return outOfOrder;
    for (const binding of own) if (binding.received) this.#drop(binding, 'removed');
    return this.#ok(request, subscriber, []);
  }

  #want(request: SipRequest, subscriber: Subscriber, address: NameAddr, wanted: Wanted[]): RegisterReply | undefined {
    const { defaultExpires, minExpires } = this.#options.directory.settings;
    const contact = readContact(address, request.expires, defaultExpires);
    if (!contact) return { status: 400, reason: 'Contact is not a SIP address', headers: [] };
    if (contact.expires > 0 && contact.expires < minExpires) return { status: 423, headers: [['Min-Expires', String(minExpires)]] };
    if (contact.expires > 0 && this.#options.allowsContact?.(address.uri) === false)
      return { status: 403, reason: 'Contact not allowed', headers: [['Warning', '399 dialtone "Register the address of a phone"']] };
    if (contact.regId !== null && !keepsFlow(request)) return { status: 439, reason: 'First Hop Lacks Outbound Support', headers: [] };
    const known = this.#table.of(subscriber.id).find((binding) => isSameContact(binding, contact));
    if (known && isOutOfOrder(request, known)) return outOfOrder;
    wanted.push({ ...contact, known });
    return undefined;
  }

  /**
   * Bindings that must go to keep the cap. A phone that started again without taking its old binding away is the usual reason for many
   * of them, so the ones refreshed longest ago make room; those of the administrator stay.
   */
  #cutToLimit(subscriber: Subscriber, wanted: readonly Wanted[]): Binding[] {
    const fresh = wanted.filter((contact) => contact.expires > 0 && !contact.known).length;
    const leaving = new Set(wanted.filter((contact) => contact.expires === 0).map((contact) => contact.known?.id));
    const touched = new Set(wanted.map((contact) => contact.known?.id));
    const staying = this.#table.of(subscriber.id).filter((binding) => !leaving.has(binding.id));
    const excess = staying.length + fresh - this.#options.directory.settings.maxContacts;
    if (fresh === 0 || excess <= 0) return [];
    return staying
      .filter((binding) => binding.received && !touched.has(binding.id))
      .sort((a, b) => a.refreshedAt - b.refreshedAt)
      .slice(0, excess);
  }

  #carryOut(request: SipRequest, subscriber: Subscriber, wanted: Wanted): void {
    const { known } = wanted;
    if (wanted.expires === 0) {
      if (known) this.#drop(known, 'removed');
      return;
    }
    const { now, directory } = this.#options;
    const { source } = request;
    const at = now();
    const stream = source && source.protocol !== 'udp';
    this.#keep(
      {
        id: known?.id ?? this.#nextId++,
        subscriberId: subscriber.id,
        aor: known?.aor ?? aorOf(subscriber),
        contact: wanted.contact,
        params: wanted.params,
        q: wanted.q,
        expiresAt: at + Math.min(wanted.expires, directory.settings.maxExpires) * 1000,
        callId: detach(request.callId),
        cseq: request.cseq.seq,
        instance: wanted.instance,
        regId: wanted.regId,
        path: request.values('Path').map(detach),
        received: source ? { remote: endpointOf(source), local: endpointOf(source.local) } : null,
        nat: source !== undefined && isBehindNat(request, source, directory.settings.sipAsymmetricAgents),
        flow: stream ? source.flow : undefined,
        userAgent: known && known.userAgent === request.get('User-Agent') ? known.userAgent : userAgentOf(request),
        registeredAt: known?.registeredAt ?? at,
        refreshedAt: at,
      },
      known ? 'refreshed' : 'added',
    );
  }

  #ok(request: SipRequest, subscriber: Subscriber, wanted: readonly Wanted[]): RegisterReply {
    const now = this.#options.now();
    const headers: [string, string][] = [];
    for (const { contact, params, q, expiresAt } of this.bindingsOf(subscriber.id)) {
      const left = expiresAt === null ? this.#options.directory.settings.maxExpires : Math.ceil((expiresAt - now) / 1000);
      headers.push(['Contact', `<${contact}>${params}${q === 1000 ? '' : `;q=${writeQ(q)}`};expires=${left}`]);
    }
    // RFC 3327 5.3: the phone sees which way its calls will come.
    const path = request.getAll('Path');
    if (path.length > 0) headers.push(['Path', path.join(', ')]);
    // RFC 5626 6: tells the phone that its flow is used.
    if (wanted.some((contact) => contact.regId !== null && contact.expires > 0)) headers.push(['Require', 'outbound']);
    headers.push(['Supported', registrarExtensions.join(', ')], ['Date', new Date(now).toUTCString()]);
    return { status: 200, headers };
  }

  #subscriberOf(aor: string): Subscriber | undefined {
    const [user = '', domain = ''] = aor.replace(/^sips?:/, '').split('@');
    return this.#options.directory.subscriber(user, domain.toLowerCase());
  }

  #isExpired(binding: Binding): boolean {
    return binding.expiresAt !== null && binding.expiresAt <= this.#options.now();
  }

  #keep(binding: Binding, action: 'added' | 'refreshed'): void {
    this.#table.put(binding);
    this.#options.store.save(binding);
    this.#tell({ action, binding });
  }

  #drop(binding: Binding, action: 'removed' | 'expired'): void {
    if (!this.#table.remove(binding)) return;
    this.#options.store.remove(binding.id);
    this.#tell({ action, binding });
  }

  #tell(change: BindingChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** RFC 3261 10.3 step 7: an update with an older CSeq of the same Call-ID came late and must not win. */
const isOutOfOrder = (request: SipRequest, binding: Binding): boolean =>
  binding.callId === request.callId && request.cseq.seq <= binding.cseq;

const outOfOrder: RegisterReply = { status: 500, reason: 'CSeq out of order', headers: [['Retry-After', '1']] };

/**
 * Is it the binding of the same phone? With outbound: same instance and reg-id (RFC 5626 6). Otherwise the same URI by the rules of
 * RFC 3261 19.1.4, or the same instance that came back with another address.
 */
function isSameContact(binding: Binding, wanted: ContactRequest): boolean {
  if (wanted.instance !== null && binding.instance !== null) return binding.instance === wanted.instance && binding.regId === wanted.regId;
  return binding.contact === wanted.contact || SipUri.parse(binding.contact).equals(wanted.address.uri);
}

const aorOf = (subscriber: Subscriber): string => `sip:${subscriber.number}@${subscriber.domain}`;

const endpointOf = ({ protocol, address, port }: { protocol: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'; address: string; port: number }) => ({
  protocol,
  address: detach(address),
  port,
});

const userAgentOf = (request: SipRequest): string | null => {
  const text = request.get('User-Agent');
  return text === undefined ? null : detach(text.slice(0, 200));
};
