import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { KeyPair } from './certificate.ts';

const DAY_MS = 86_400_000;
/** Some devices refuse a certificate that is valid for longer than 825 days. */
const VALID_DAYS = 820;
const MAX_NAMES = 100;

/** The names and addresses this machine is reached by: those given, its host name, its addresses, and the one it announces by itself. */
export function ownNames(more: readonly (string | null | undefined)[]): string[] {
  const host = hostname().toLowerCase();
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    // A link-local address means nothing without its interface.
    .filter((one) => !one.internal && !/^fe80:/i.test(one.address))
    .map((one) => one.address);
  const names = [
    ...more.filter((name) => typeof name === 'string' && name !== ''),
    host,
    'dialtone.local',
    'localhost',
    ...addresses,
    '127.0.0.1',
    '::1',
  ];
  return [...new Set(names as string[])].slice(0, MAX_NAMES);
}

/**
 * A certificate signed by its own key (EC P-256), for a machine that nobody has vouched for yet.
 * @param names host names and IP addresses; the first is its subject
 * @param now epoch ms
 */
export async function makeSelfSigned(names: readonly string[], now: number): Promise<KeyPair> {
  // The library finds its parts by decorators.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // Positive, and never twice (RFC 5280 section 4.1.2.2).
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      name: [{ CN: [(names[0] ?? 'dialtone').slice(0, 64)] }, { O: ['Dialtone'] }],
      // An hour ago: the clock of the browser may be behind ours.
      notBefore: new Date(now - 3_600_000),
      notAfter: new Date(now + VALID_DAYS * DAY_MS),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((name) => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name }))),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${key.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`,
  };
}
