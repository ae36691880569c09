import type { SipResponse } from '../message/index.ts';

/** Within their class these tell the caller how to do better, and go first (RFC 3261 16.7 item 6). */
const HELPFUL = [401, 407, 415, 420, 484];

/** What a person would rather hear, of several 4xx: that somebody is busy says more than that another phone is away. */
const TELLING = [486, 480, 408, 404];

/**
 * The response to send when no branch answered with a 2xx (RFC 3261 16.7 item 6): any 6xx, else the lowest class, and in it what helps
 * most. The challenges of all 401 and 407 are put into the chosen one (item 7).
 */
export function bestResponse(responses: readonly SipResponse[]): SipResponse | undefined {
  let best: SipResponse | undefined;
  for (const response of responses) {
    if (!best || rank(response.status) < rank(best.status)) best = response;
  }
  if (best && (best.status === 401 || best.status === 407)) addChallenges(best, responses);
  return best;
}

/** Lower is better. */
function rank(status: number): number {
  const group = Math.floor(status / 100);
  if (group === 6) return 0;
  // A 503 would make the caller avoid us, though it was one phone or gateway that was overloaded: last of all.
  if (status === 503) return 900;
  const helpful = HELPFUL.indexOf(status);
  if (helpful >= 0) return group * 100 + helpful;
  const telling = TELLING.indexOf(status);
  return group * 100 + 20 + (telling >= 0 ? telling : TELLING.length);
}

function addChallenges(best: SipResponse, responses: readonly SipResponse[]): void {
  for (const response of responses) {
    if (response === best || (response.status !== 401 && response.status !== 407)) continue;
    for (const name of ['WWW-Authenticate', 'Proxy-Authenticate']) {
      for (const challenge of response.getAll(name)) best.append(name, challenge);
    }
  }
}
