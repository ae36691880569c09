import { type FeatureCode, FeatureCodes } from './feature-code.ts';
import { PromptLanguages } from './prompt-languages.ts';
import { SourceIndex } from './source-list.ts';
import {
  type DirectoryChange,
  type DirectorySettings,
  defaultDirectorySettings,
  type Gateway,
  type NumberEntry,
  type Subscriber,
  type Tariff,
} from './types.ts';

/**
 * The in-memory picture that the SIP path reads: who there is, where calls go, what they cost. It does no I/O; the feature services fill
 * it at start and update it after each commit, so that a change is in force at the next request without a restart.
 */
export class Directory {
  readonly #subscribers = new Map<number, Subscriber>();
  readonly #subscribersByAor = new Map<string, Subscriber>();
  readonly #numbers = new Map<number, NumberEntry>();
  readonly #numbersByKey = new Map<string, NumberEntry>();
  readonly #domains = new Set<string>();
  readonly #gateways = new Map<number, Gateway>();
  readonly #tariffs = new Map<number, Tariff>();
  readonly #listeners = new Set<(change: DirectoryChange) => void>();
  readonly #featureCodes = new FeatureCodes();
  /** What services speak, to whom. */
  readonly promptLanguages = new PromptLanguages();
  #sources = new SourceIndex<Gateway>();
  /** Of all gateways: switched off, one still takes what comes from us. */
  #gatewayAddresses = new SourceIndex<Gateway>();
  readonly #formerGateways = new Map<number, string>();
  #gatewayList: readonly Gateway[] = [];
  #settings: DirectorySettings = defaultDirectorySettings;

  // --- settings -------------------------------------------------------------------------------------------------------------------

  get settings(): DirectorySettings {
    return this.#settings;
  }

  updateSettings(changes: Partial<DirectorySettings>): void {
    const next = { ...this.#settings, ...changes };
    this.#settings = { ...next, domain: next.domain.toLowerCase() };
    this.#tell({ kind: 'settings', action: 'upsert' });
  }

  // --- domains --------------------------------------------------------------------------------------------------------------------

  get domains(): ReadonlySet<string> {
    return this.#domains;
  }

  addDomain(domain: string): void {
    this.#domains.add(domain.toLowerCase());
    this.#tell({ kind: 'domain', action: 'upsert', id: domain.toLowerCase() });
  }

  removeDomain(domain: string): void {
    if (this.#domains.delete(domain.toLowerCase())) this.#tell({ kind: 'domain', action: 'remove', id: domain.toLowerCase() });
  }

  /** Is this host one that we serve (O-99)? The default domain always is. `host` in lower case. */
  serves(host: string): boolean {
    return host === this.#settings.domain || this.#domains.has(host);
  }

  // --- subscribers ----------------------------------------------------------------------------------------------------------------

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  subscribers(): Iterable<Subscriber> {
    return this.#subscribers.values();
  }

  subscriber(user: string, domain: string): Subscriber | undefined {
    return this.#subscribersByAor.get(`${user}@${domain}`);
  }

  subscriberById(id: number): Subscriber | undefined {
    return this.#subscribers.get(id);
  }

  upsertSubscriber(subscriber: Subscriber): void {
    const old = this.#subscribers.get(subscriber.id);
    if (old) this.#subscribersByAor.delete(aorKey(old));
    this.#subscribers.set(subscriber.id, subscriber);
    this.#subscribersByAor.set(aorKey(subscriber), subscriber);
    this.#tell({ kind: 'subscriber', action: 'upsert', id: subscriber.id });
  }

  removeSubscriber(id: number): void {
    const old = this.#subscribers.get(id);
    if (!old) return;
    this.#subscribers.delete(id);
    this.#subscribersByAor.delete(aorKey(old));
    this.#tell({ kind: 'subscriber', action: 'remove', id });
  }

  // --- aliases and DIDs -----------------------------------------------------------------------------------------------------------

  numbers(): Iterable<NumberEntry> {
    return this.#numbers.values();
  }

  /** The alias with this user part in this domain; one without a domain counts in every domain. */
  alias(user: string, domain: string): NumberEntry | undefined {
    return this.#numbersByKey.get(`alias:${user}@${domain}`) ?? this.#numbersByKey.get(`alias:${user}@`);
  }

  /** The DID with these E.164 digits (no `+`). */
  did(digits: string): NumberEntry | undefined {
    return this.#numbersByKey.get(`did:${digits}@`);
  }

  upsertNumber(entry: NumberEntry): void {
    const old = this.#numbers.get(entry.id);
    if (old) this.#numbersByKey.delete(numberKey(old));
    this.#numbers.set(entry.id, entry);
    this.#numbersByKey.set(numberKey(entry), entry);
    this.#tell({ kind: 'number', action: 'upsert', id: entry.id });
  }

  removeNumber(id: number): void {
    const old = this.#numbers.get(id);
    if (!old) return;
    this.#numbers.delete(id);
    this.#numbersByKey.delete(numberKey(old));
    this.#tell({ kind: 'number', action: 'remove', id });
  }

  // --- feature codes --------------------------------------------------------------------------------------------------------------

  get featureCodes(): Pick<FeatureCodes, 'all' | 'find' | 'codeOf'> {
    return this.#featureCodes;
  }

  replaceFeatureCodes(codes: readonly FeatureCode[]): void {
    this.#featureCodes.replace(codes);
    this.#tell({ kind: 'feature-code', action: 'upsert' });
  }

  // --- gateways -------------------------------------------------------------------------------------------------------------------

  gateways(): readonly Gateway[] {
    return this.#gatewayList;
  }

  gateway(id: number): Gateway | undefined {
    return this.#gateways.get(id);
  }

  /** Of a gateway that is gone, too: call records name it for ever. */
  gatewayName(id: number): string | undefined {
    return this.#gateways.get(id)?.name ?? this.#formerGateways.get(id);
  }

  addFormerGateway(id: number, name: string): void {
    this.#formerGateways.set(id, name);
  }

  /** The enabled gateway that sends from this address: in its list of sources, or its own host and port (O-103). */
  gatewayBySource(address: string, port: number): Gateway | undefined {
    return this.#sources.find(address, port);
  }

  /** Is this an address that a gateway, enabled or not, sends from? A carrier takes calls on most of them. */
  isGatewayAddress(address: string, port: number): boolean {
    return this.#gatewayAddresses.find(address, port) !== undefined;
  }

  upsertGateway(gateway: Gateway): void {
    this.#gateways.set(gateway.id, gateway);
    this.#indexGateways();
    this.#tell({ kind: 'gateway', action: 'upsert', id: gateway.id });
  }

  removeGateway(id: number): void {
    const gone = this.#gateways.get(id);
    if (!gone) return;
    this.#gateways.delete(id);
    this.#formerGateways.set(id, gone.name);
    this.#indexGateways();
    this.#tell({ kind: 'gateway', action: 'remove', id });
  }

  // --- tariffs --------------------------------------------------------------------------------------------------------------------

  get tariffs(): ReadonlyMap<number, Tariff> {
    return this.#tariffs;
  }

  tariff(id: number): Tariff | undefined {
    return this.#tariffs.get(id);
  }

  upsertTariff(tariff: Tariff): void {
    this.#tariffs.set(tariff.id, tariff);
    this.#tell({ kind: 'tariff', action: 'upsert', id: tariff.id });
  }

  removeTariff(id: number): void {
    if (this.#tariffs.delete(id)) this.#tell({ kind: 'tariff', action: 'remove', id });
  }

  // --- changes --------------------------------------------------------------------------------------------------------------------

  /** Calls back after each change, at once. Returns the function that ends it. */
  onChange(listener: (change: DirectoryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: DirectoryChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #indexGateways(): void {
    this.#gatewayList = [...this.#gateways.values()];
    this.#sources = new SourceIndex();
    this.#gatewayAddresses = new SourceIndex();
    for (const gateway of this.#gatewayList) {
      const addresses = [...gateway.sources, hostAndPort(gateway)];
      if (gateway.enabled) this.#sources.add(addresses, gateway);
      this.#gatewayAddresses.add(addresses, gateway);
    }
  }
}

const aorKey = (subscriber: Subscriber): string => `${subscriber.number}@${subscriber.domain}`;

const numberKey = (entry: NumberEntry): string =>
  entry.kind === 'did' ? `did:${entry.number}@` : `alias:${entry.number}@${entry.domain ?? ''}`;

const hostAndPort = ({ host, port }: Gateway): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
