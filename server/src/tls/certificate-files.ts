import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CERTIFICATE_SOURCES } from '../settings/settings.schema.ts';
import { fits, type KeyPair } from './certificate.ts';

export type CertificateSource = (typeof CERTIFICATE_SOURCES)[number];

export interface AcmeAccount {
  /** PEM. */
  readonly key: string;
  readonly url: string | undefined;
}

const accountUrls = z.record(z.string(), z.url());

const NEW = '.new';

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    // The mode given to open counts only for a file that was not there.
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

/** The folder `tls` of the data folder: `<source>/cert.pem` and `<source>/key.pem`, readable by us alone. */
export class CertificateFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** undefined: there is none, or what is there does not belong together. */
  async read(source: CertificateSource): Promise<KeyPair | undefined> {
    const { cert, key } = this.#paths(source);
    const [oldCert, oldKey, newCert] = await Promise.all([read(cert), read(key), read(cert + NEW)]);
    if (oldCert !== undefined && oldKey !== undefined && fits({ cert: oldCert, key: oldKey })) return { cert: oldCert, key: oldKey };
    // The power went between the two renames of `write`.
    if (newCert === undefined || oldKey === undefined || !fits({ cert: newCert, key: oldKey })) return undefined;
    await rename(cert + NEW, cert);
    return { cert: newCert, key: oldKey };
  }

  async write(source: CertificateSource, pair: KeyPair): Promise<void> {
    const { cert, key } = this.#paths(source);
    await mkdir(join(this.#folder, source), { recursive: true, mode: 0o700 });
    await writeDurably(key + NEW, pair.key);
    await writeDurably(cert + NEW, pair.cert);
    await rename(key + NEW, key);
    await rename(cert + NEW, cert);
  }

  async remove(source: CertificateSource): Promise<void> {
    await rm(join(this.#folder, source), { recursive: true, force: true });
  }

  /** Our account at the authorities: one key, made once, kept; and the URL of the account at this one, where it is known. */
  async account(directoryUrl: string, makeKey: () => string): Promise<AcmeAccount> {
    let key = await read(this.#accountKeyFile);
    if (key === undefined) {
      key = makeKey();
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeDurably(this.#accountKeyFile, key);
    }
    return { key, url: (await this.#accountUrls())[directoryUrl] };
  }

  /** @param url undefined: the authority knows it no longer */
  async rememberAccount(directoryUrl: string, url: string | undefined): Promise<void> {
    await writeDurably(this.#accountUrlsFile, JSON.stringify({ ...(await this.#accountUrls()), [directoryUrl]: url }));
  }

  get #accountKeyFile(): string {
    return join(this.#folder, 'acme-account.pem');
  }

  get #accountUrlsFile(): string {
    return join(this.#folder, 'acme-accounts.json');
  }

  async #accountUrls(): Promise<Record<string, string>> {
    const text = await read(this.#accountUrlsFile);
    const parsed = accountUrls.safeParse(text === undefined ? {} : JSON.parse(text));
    return parsed.data ?? {};
  }

  #paths(source: CertificateSource): { cert: string; key: string } {
    const folder = join(this.#folder, source);
    return { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  }
}
