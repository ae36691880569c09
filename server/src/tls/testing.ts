import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export interface IssueOptions {
  /** Epoch ms. */
  notBefore?: number;
  notAfter?: number;
  /** SIP URIs among its names (RFC 5922). */
  uris?: string[];
}

export interface TestAuthority {
  /** PEM of the authority itself. */
  readonly cert: string;
  issue(names: string[], options?: IssueOptions): Promise<{ cert: string; key: string }>;
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
const serialNumber = () => `01${randomBytes(8).toString('hex')}`;

/** An authority of its own, which nobody trusts unless told so. */
export async function certificateAuthority(): Promise<TestAuthority> {
  const keys = await newKeys();
  const name = `CN=Test authority ${randomBytes(4).toString('hex')}`;
  const root = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...{ serialNumber: serialNumber(), name, signingAlgorithm: ALGORITHM, keys },
      notBefore: new Date(Date.now() - 100 * DAY_MS),
      notAfter: new Date(Date.now() + 100 * DAY_MS),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    },
    webcrypto,
  );
  return {
    cert: `${root.toString('pem')}\n`,
    async issue(names, options = {}) {
      const own = await newKeys();
      const altNames = [
        ...names.map((value) => ({ type: /^[\d.:]+$/.test(value) ? ('ip' as const) : ('dns' as const), value })),
        ...(options.uris ?? []).map((value) => ({ type: 'url' as const, value })),
      ];
      const leaf = await x509.X509CertificateGenerator.create(
        {
          ...{ serialNumber: serialNumber(), issuer: name, subject: `CN=${names[0]}`, signingAlgorithm: ALGORITHM },
          ...{ publicKey: own.publicKey, signingKey: keys.privateKey },
          notBefore: new Date(options.notBefore ?? Date.now() - DAY_MS),
          notAfter: new Date(options.notAfter ?? Date.now() + 50 * DAY_MS),
          extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
            ...(altNames.length > 0 ? [new x509.SubjectAlternativeNameExtension(altNames)] : []),
          ],
        },
        webcrypto,
      );
      return { cert: `${leaf.toString('pem')}\n`, key: await pemOf(own.privateKey) };
    },
  };
}
