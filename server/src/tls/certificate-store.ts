import { CERTIFICATE_SOURCES } from '../settings/settings.schema.ts';
import { type CertificateFacts, factsOf, type KeyPair } from './certificate.ts';
import type { CertificateFiles, CertificateSource } from './certificate-files.ts';
import { runSelfSigned } from './run-self-signed.ts';

export interface StoredCertificate {
  readonly source: CertificateSource;
  readonly pair: KeyPair;
  readonly facts: CertificateFacts;
}

export interface CertificateStoreOptions {
  readonly files: CertificateFiles;
  /** Names for a certificate of our own. */
  readonly names: () => string[];
  readonly log: (message: string) => void;
  /** Does anything listen that shows a certificate? Without it none is made before somebody asks for it. */
  readonly needed: boolean;
  readonly now?: () => number;
}

/** The one place that knows which certificate we show: to browsers and to phones, now and after it was changed. */
export class CertificateStore {
  readonly #files: CertificateFiles;
  readonly #names: () => string[];
  readonly #log: (message: string) => void;
  readonly #now: () => number;
  readonly #needed: boolean;
  readonly #listeners = new Set<() => void>();
  readonly #stored = new Map<CertificateSource, StoredCertificate>();
  #wanted: CertificateSource = 'self-signed';

  constructor(options: CertificateStoreOptions) {
    this.#files = options.files;
    this.#names = options.names;
    this.#log = options.log;
    this.#now = options.now ?? Date.now;
    this.#needed = options.needed;
  }

  /** Reads what is there; makes a certificate of our own when there is none. */
  async load(wanted: CertificateSource): Promise<void> {
    this.#wanted = wanted;
    for (const source of CERTIFICATE_SOURCES) {
      const pair = await this.#files.read(source);
      if (pair) this.#stored.set(source, { source, pair, facts: factsOf(pair.cert) });
    }
    if (!this.#needed) return;
    if (!this.#stored.has('self-signed')) await this.renewSelfSigned();
    if (!this.#stored.has(wanted)) this.#log(`There is no usable certificate of the kind "${wanted}"; the self-signed one is shown`);
  }

  /** What is shown now. An expired certificate goes on being shown: a warning says more than no answer. */
  get shown(): StoredCertificate | undefined {
    return this.#stored.get(this.#wanted) ?? this.#stored.get('self-signed');
  }

  /** Certificate with chain, and key, as PEM. @throws Error when none is needed and there is none */
  current(): KeyPair {
    if (!this.shown) throw new Error('there is no certificate');
    return this.shown.pair;
  }

  stored(source: CertificateSource): StoredCertificate | undefined {
    return this.#stored.get(source);
  }

  /** Shows another certificate from now on. */
  use(wanted: CertificateSource): void {
    if (this.#wanted === wanted) return;
    this.#changing(() => {
      this.#wanted = wanted;
    });
  }

  async put(source: CertificateSource, pair: KeyPair): Promise<void> {
    const stored = { source, pair, facts: factsOf(pair.cert) };
    await this.#files.write(source, pair);
    this.#changing(() => this.#stored.set(source, stored));
  }

  async remove(source: Exclude<CertificateSource, 'self-signed'>): Promise<void> {
    await this.#files.remove(source);
    this.#changing(() => this.#stored.delete(source));
  }

  async renewSelfSigned(): Promise<void> {
    await this.put('self-signed', await runSelfSigned(this.#names(), this.#now()));
  }

  /** Told when another certificate is shown. @returns stops it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changing(change: () => void): void {
    const before = this.shown;
    change();
    if (before === this.shown) return;
    for (const listener of this.#listeners) listener();
  }
}
