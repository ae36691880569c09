/** Where an authority looks for proof that a name leads to us (RFC 8555 section 8.3). */
export const CHALLENGE_PATH = '/.well-known/acme-challenge/';

/** The proofs that are asked for just now, by their token. */
export class ChallengeResponses {
  readonly #byToken = new Map<string, string>();

  put(token: string, keyAuthorization: string): void {
    this.#byToken.set(token, keyAuthorization);
  }

  remove(token: string): void {
    this.#byToken.delete(token);
  }

  find(token: string): string | undefined {
    return this.#byToken.get(token);
  }
}
