import { createRequest, type SipRequest, type SipResponse } from '../message/index.ts';

/**
 * The ACK for a final response other than 2xx (RFC 3261 17.1.1.3): the INVITE's Request-URI, Via, Route, From, Call-ID and CSeq number,
 * the response's To.
 */
export function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  return hopByHop('ACK', invite, response.get('To') ?? invite.get('To')!);
}

/** The CANCEL of a request (RFC 3261 9.1): as the ACK, with the request's own To. */
export function cancelFor(invite: SipRequest, headers: readonly (readonly [string, string])[] = []): SipRequest {
  return hopByHop('CANCEL', invite, invite.get('To')!, headers);
}

function hopByHop(method: string, invite: SipRequest, to: string, more: readonly (readonly [string, string])[] = []): SipRequest {
  const headers: [string, string][] = [['Via', invite.topVia!.toString()]];
  for (const route of invite.getAll('Route')) headers.push(['Route', route]);
  headers.push(
    ['Max-Forwards', '70'],
    ['From', invite.get('From')!],
    ['To', to],
    ['Call-ID', invite.callId],
    ['CSeq', `${invite.cseq.seq} ${method}`],
  );
  return createRequest(method, invite.uriText, [...headers, ...more]);
}
