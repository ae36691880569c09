import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** A certificate with its chain (leaf first) and its private key, as PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says, for pages and decisions. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly selfSigned: boolean;
  /** DNS names and IP addresses it stands for. */
  readonly names: readonly string[];
  /** Epoch ms. */
  readonly validFrom: number;
  readonly validTo: number;
  /** SHA-256 of the certificate, hex with colons: what a person compares. */
  readonly fingerprint: string;
  /** Such as "EC prime256v1" or "RSA 2048". */
  readonly keyType: string;
}

export type CertificateFaultCode =
  | 'certificate-unreadable'
  | 'key-unreadable'
  | 'key-encrypted'
  | 'key-mismatch'
  | 'key-weak'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-no-names'
  | 'chain-broken';

/** Why a certificate cannot be used, and which of the two texts is to blame. */
export interface CertificateFault {
  readonly field: 'certificate' | 'key';
  readonly code: CertificateFaultCode;
  readonly message: string;
}

export type CheckedPair = { readonly ok: true; readonly pair: KeyPair } | { readonly ok: false; readonly fault: CertificateFault };

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Every certificate of a PEM text. @throws Error when one cannot be read */
export const certificatesOf = (pem: string): X509Certificate[] => (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));

/** "CN=a\nO=b" as "a, b" with the common name first. */
const readable = (name: string): string =>
  name
    .split('\n')
    .sort((a, b) => Number(b.startsWith('CN=')) - Number(a.startsWith('CN=')))
    .map((part) => part.slice(part.indexOf('=') + 1))
    .join(', ');

/** An IPv6 address as people write it: OpenSSL writes FD00:0:0:0:0:0:0:2. */
const plainName = (name: string): string => (name.includes(':') && ipaddr.isValid(name) ? ipaddr.parse(name).toString() : name);

const namesOf = (certificate: X509Certificate): string[] =>
  [...(certificate.subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map((match) => plainName(match[1] ?? ''));

function keyTypeOf({ asymmetricKeyType, asymmetricKeyDetails: details }: KeyObject): string {
  if (asymmetricKeyType === 'ec') return `EC ${details?.namedCurve ?? ''}`.trim();
  return `${(asymmetricKeyType ?? '').toUpperCase()}${details?.modulusLength ? ` ${details.modulusLength}` : ''}`;
}

const isSelfSigned = (certificate: X509Certificate): boolean =>
  certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);

/** @throws Error when the text holds no certificate */
export function factsOf(pem: string): CertificateFacts {
  const [leaf] = certificatesOf(pem);
  if (!leaf) throw new Error('no certificate');
  return {
    subject: readable(leaf.subject ?? '') || (namesOf(leaf)[0] ?? ''),
    issuer: readable(leaf.issuer ?? ''),
    selfSigned: isSelfSigned(leaf),
    names: namesOf(leaf),
    validFrom: leaf.validFromDate.getTime(),
    validTo: leaf.validToDate.getTime(),
    fingerprint: leaf.fingerprint256,
    keyType: keyTypeOf(leaf.publicKey),
  };
}

const fault = (field: CertificateFault['field'], code: CertificateFaultCode, message: string): CheckedPair => ({
  ok: false,
  fault: { field, code, message },
});

/**
 * Checks a certificate and key that somebody brings, and puts the chain in the order TLS wants: leaf, then each issuer, roots left out
 * (RFC 8446 section 4.4.2).
 * @param now epoch ms
 */
export function checkPair(certificatePem: string, keyPem: string, now: number): CheckedPair {
  let given: X509Certificate[];
  try {
    given = certificatesOf(certificatePem);
  } catch {
    given = [];
  }
  if (given.length === 0)
    return fault('certificate', 'certificate-unreadable', 'This is no certificate in PEM (-----BEGIN CERTIFICATE-----).');
  if (/ENCRYPTED/.test(keyPem))
    return fault(
      'key',
      'key-encrypted',
      'The key is protected by a passphrase. Take the passphrase off: openssl pkey -in key.pem -out plain.pem',
    );
  let key: KeyObject;
  try {
    key = createPrivateKey(keyPem);
  } catch {
    return fault('key', 'key-unreadable', 'This is no private key in PEM (-----BEGIN PRIVATE KEY-----).');
  }
  const leaf = given.find((certificate) => certificate.checkPrivateKey(key));
  if (!leaf) return fault('key', 'key-mismatch', 'The key belongs to another certificate.');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 4096) < 2048)
    return fault('key', 'key-weak', 'The RSA key is shorter than 2048 bits; browsers and phones refuse it.');
  if (leaf.validToDate.getTime() <= now)
    return fault('certificate', 'certificate-expired', `The certificate expired on ${leaf.validToDate.toISOString().slice(0, 10)}.`);
  if (leaf.validFromDate.getTime() > now)
    return fault(
      'certificate',
      'certificate-not-yet-valid',
      `The certificate is valid from ${leaf.validFromDate.toISOString()} on. Is the clock of this machine right?`,
    );
  if (namesOf(leaf).length === 0)
    return fault('certificate', 'certificate-no-names', 'The certificate names no host (subjectAltName); browsers and phones refuse it.');
  const chain = chainOf(leaf, given);
  if (!chain) return fault('certificate', 'chain-broken', 'The other certificates in the file are not the issuers of the first one.');
  const expired = chain.find((certificate) => certificate.validToDate.getTime() <= now);
  if (expired) return fault('certificate', 'chain-broken', `The issuer certificate ${readable(expired.subject)} in the file has expired.`);
  return { ok: true, pair: { cert: chain.map(String).join(''), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() } };
}

/** Leaf and issuers in their order; undefined when a certificate is left over. */
function chainOf(leaf: X509Certificate, given: readonly X509Certificate[]): X509Certificate[] | undefined {
  const left = given.filter((certificate) => certificate.fingerprint256 !== leaf.fingerprint256);
  const chain = [leaf];
  for (let last = leaf; left.length > 0; ) {
    const at = left.findIndex((certificate) => last.checkIssued(certificate) && last.verify(certificate.publicKey));
    const [next] = at < 0 ? [] : left.splice(at, 1);
    if (!next) return undefined;
    if (!isSelfSigned(next)) chain.push(next);
    last = next;
  }
  return chain;
}

/** Do certificate and key belong together? False also when one of them cannot be read. */
export function fits({ cert, key }: KeyPair): boolean {
  try {
    return certificatesOf(cert)[0]?.checkPrivateKey(createPrivateKey(key)) ?? false;
  } catch {
    return false;
  }
}
