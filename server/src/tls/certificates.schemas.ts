import { z } from 'zod';
import { timeText } from '../http/index.ts';
import { CERTIFICATE_SOURCES, settingsSchema } from '../settings/settings.schema.ts';

const source = z.enum(CERTIFICATE_SOURCES);

export const certificate = z
  .object({
    source,
    subject: z.string(),
    issuer: z.string(),
    selfSigned: z.boolean(),
    names: z.array(z.string()).describe('Host names and addresses it stands for'),
    validFrom: timeText,
    validTo: timeText,
    fingerprint: z.string().describe('SHA-256, hex with colons'),
    keyType: z.string(),
    pem: z.string().describe('The certificate with its chain, never the key'),
  })
  .meta({ id: 'Certificate' });
export type CertificateDto = z.infer<typeof certificate>;

export const certificatesState = z
  .object({
    shown: source.nullable().describe('The one that browsers and phones see; null while nothing listens over TLS'),
    wanted: source,
    items: z.array(certificate),
    https: z.object({ port: z.int() }).nullable(),
    sipTls: z.array(z.string()).describe('SIP listeners over TLS, as tls:address:port'),
    ownNames: z.array(z.string()).describe('What this machine is called now: what a self-signed certificate would stand for'),
    acme: z.object({
      names: z.array(z.string()),
      email: z.string().nullable(),
      directoryUrl: z.string(),
      termsAccepted: z.boolean(),
      running: z.boolean(),
      lastRun: z.object({ at: timeText, result: z.enum(['ok', 'warning', 'failed']), message: z.string() }).nullable(),
    }),
  })
  .meta({ id: 'CertificatesState' });
export type CertificatesStateDto = z.infer<typeof certificatesState>;

const pem = z.string().trim().min(1).max(100_000);

export const certificateUpload = z
  .strictObject({
    certificate: pem.describe('PEM: the certificate, and the chain up to its authority after it'),
    key: pem.describe('PEM, without a passphrase; stored readable by the server alone and never shown'),
  })
  .meta({ id: 'CertificateUpload' });
export type CertificateUpload = z.infer<typeof certificateUpload>;

export const certificateChoice = z.strictObject({ source }).meta({ id: 'CertificateChoice' });
export type CertificateChoice = z.infer<typeof certificateChoice>;

export const acmeOrder = z
  .strictObject({
    names: settingsSchema.shape.acmeNames.min(1),
    email: settingsSchema.shape.acmeEmail,
    directoryUrl: settingsSchema.shape.acmeDirectoryUrl.optional(),
    termsAccepted: z.literal(true, { error: 'The terms of the authority must be accepted' }),
  })
  .meta({ id: 'AcmeOrder' });
export type AcmeOrderInput = z.infer<typeof acmeOrder>;

export const acmeTerms = z.object({ url: z.string().nullable() }).meta({ id: 'AcmeTerms' });
