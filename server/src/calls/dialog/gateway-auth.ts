import type { Gateway } from '../../directory/types.ts';
import { answerChallenge } from '../../sip/digest.ts';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';

/** Answers the challenges of one gateway with its credentials. They go into requests to this gateway and nowhere else. */
export class GatewayAuth {
  readonly #username: string | null;
  readonly #password: string | null;

  constructor(gateway: Pick<Gateway, 'username' | 'password'>) {
    this.#username = gateway.username;
    this.#password = gateway.password;
  }

  /**
   * The header that answers a 401 or 407 to `request`; undefined when there is no password, or the gateway has refused it already (a
   * challenge after an answer, unless it says that only the nonce was stale).
   */
  answer(request: SipRequest, response: SipResponse): readonly [string, string] | undefined {
    if (this.#username === null || this.#password === null) return undefined;
    const credentials = { username: this.#username, password: this.#password };
    const { method, uriText: uri, body } = request;
    const answered = answerChallenge(response, credentials, { method, uri, body });
    if (!answered || (request.has(answered.name) && !answered.stale)) return undefined;
    return [answered.name, answered.value];
  }
}

export function isChallenge(response: SipResponse): boolean {
  return response.status === 401 || response.status === 407;
}
