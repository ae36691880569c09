import { answerSessionTimer, type Refresher } from '../../sip/dialog/index.ts';
import { createResponse, type SipResponse } from '../../sip/message/index.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import type { SessionTimes } from '../stage.ts';
import type { Headers } from './headers.ts';

/** The session timer towards the caller: headers for our 200, and how it runs. */
export interface CallerSession {
  headers: Headers;
  timer: { seconds: number; refresher: Refresher } | undefined;
}

export type Admission = { ok: true; session: CallerSession } | { ok: false; response: SipResponse };

/** Extensions of the caller that we can carry through. */
const UNDERSTOOD = new Set(['100rel', 'timer']);

/** Can the caller's INVITE be carried to a gateway? If not, the response says why not. */
export function admit({ request, localTag }: ServerTransaction, times: SessionTimes): Admission {
  const refuse = (status: number, reason?: string, headers: Headers = []): Admission => ({
    ok: false,
    response: createResponse(request, status, reason, { toTag: localTag, headers }),
  });
  const unknown = request.tokens('Require').filter((extension) => !UNDERSTOOD.has(extension.toLowerCase()));
  if (unknown.length > 0) return refuse(420, undefined, [['Unsupported', unknown.join(', ')]]);
  if (request.contacts === '*' || request.contacts.length === 0) return refuse(400, 'Missing Contact');
  const session = answerSessionTimer(request, times.seconds, times.minSeconds);
  return session.ok ? { ok: true, session } : refuse(session.status, undefined, session.headers);
}
