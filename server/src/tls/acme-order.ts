import { generateKeyPairSync } from 'node:crypto';
import type { KeyPair } from './certificate.ts';
import type { ChallengeResponses } from './challenge-responses.ts';

export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

export interface AcmeOrder {
  readonly directoryUrl: string;
  /** PEM. */
  readonly accountKey: string;
  /** Where our account is, if we have one there. */
  readonly accountUrl: string | undefined;
  /** Told of a new account, or (undefined) that the authority knows the old one no longer. */
  readonly onAccount: (url: string | undefined) => Promise<void>;
  /** Public host names, at least one. */
  readonly names: readonly string[];
  readonly email: string | null;
  readonly challenges: ChallengeResponses;
}

/** An order that did not come to an end; the message is for a person. */
export class AcmeError extends Error {}

export function newAcmeAccountKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Where the authority's terms are; null when it has none. @throws AcmeError */
export async function termsOfService(directoryUrl: string): Promise<string | null> {
  try {
    const answer = await fetch(directoryUrl, { signal: AbortSignal.timeout(10_000) });
    const directory = (await answer.json()) as { meta?: { termsOfService?: unknown } };
    const terms = directory.meta?.termsOfService;
    return typeof terms === 'string' && /^https?:/.test(terms) ? terms : null;
  } catch (error) {
    throw new AcmeError(`The authority at ${new URL(directoryUrl).host} cannot be reached: ${reasonOf(error)}`);
  }
}

/**
 * Orders a certificate by RFC 8555, proving the names over HTTP (http-01). The terms of the authority have been accepted.
 * @throws AcmeError in words that say what to do
 */
export async function orderCertificate(order: AcmeOrder): Promise<KeyPair> {
  // The library would try for half a minute to reach somebody who is not there.
  await termsOfService(order.directoryUrl);
  // A large library for a minute in two months: not kept in memory from the start.
  const { default: acme } = await import('acme-client');
  const { challenges, names } = order;
  try {
    const client = new acme.Client({
      directoryUrl: order.directoryUrl,
      accountKey: order.accountKey,
      ...(order.accountUrl !== undefined && { accountUrl: order.accountUrl }),
      backoffAttempts: 20,
      backoffMin: 1_000,
      backoffMax: 10_000,
    });
    if (order.accountUrl === undefined) {
      await client.createAccount({ termsOfServiceAgreed: true, ...(order.email && { contact: [`mailto:${order.email}`] }) });
      await order.onAccount(client.getAccountUrl());
    }
    const key = await acme.crypto.createPrivateEcdsaKey('P-256');
    const [, csr] = await acme.crypto.createCsr({ commonName: names[0], altNames: [...names] }, key);
    const cert = await client.auto({
      csr,
      challengePriority: ['http-01'],
      // From inside a network the public name often leads nowhere; the authority is the one who has to get through.
      skipChallengeVerification: true,
      challengeCreateFn: async (_authz, challenge, keyAuthorization) => challenges.put(challenge.token, keyAuthorization),
      challengeRemoveFn: async (_authz, challenge) => challenges.remove(challenge.token),
    });
    return { cert, key: key.toString() };
  } catch (error) {
    if (order.accountUrl !== undefined && /account/i.test(reasonOf(error))) await order.onAccount(undefined);
    throw new AcmeError(explain(reasonOf(error), order), { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && error.message === 'fetch failed' ? cause.message : error.message;
}

function explain(reason: string, { directoryUrl, names }: AcmeOrder): string {
  const host = new URL(directoryUrl).host;
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|timeout/i.test(reason))
    return `The authority ${host} cannot be reached (${reason}). Has this machine a way to the internet, and working DNS?`;
  if (/rateLimited|too many/i.test(reason)) return `The authority ${host} wants us to wait: ${reason}`;
  const where = names.map((name) => `http://${name}/`).join(', ');
  return `The authority ${host} did not give a certificate: ${reason}. It must reach this server at ${where} (port 80 from outside).`;
}
