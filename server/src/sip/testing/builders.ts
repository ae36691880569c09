import { createResponse, parseMessage, SipRequest, type SipResponse } from '../message/index.ts';

export interface RequestFields {
  uri?: string;
  branch?: string;
  via?: string;
  callId?: string;
  cseq?: number;
  from?: string;
  to?: string;
  contact?: string;
  headers?: readonly string[];
  body?: string;
}

/** A request of 192.0.2.10:5060 in the form a plain phone sends; every field can be given. */
export function requestText(method: string, fields: RequestFields = {}): string {
  const { uri = 'sip:1002@example.org', branch = 'z9hG4bKtest1', callId = 'call-1', cseq = 1, body = '' } = fields;
  const lines = [
    `${method} ${uri} SIP/2.0`,
    `Via: ${fields.via ?? `SIP/2.0/UDP 192.0.2.10:5060;branch=${branch}`}`,
    'Max-Forwards: 70',
    `From: ${fields.from ?? '<sip:1001@example.org>;tag=caller'}`,
    `To: ${fields.to ?? '<sip:1002@example.org>'}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: ${fields.contact ?? '<sip:1001@192.0.2.10:5060>'}`,
    ...(fields.headers ?? []),
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

export function buildRequest(method: string, fields: RequestFields = {}): SipRequest {
  const result = parseMessage(Buffer.from(requestText(method, fields)));
  if (!result.ok || !(result.message instanceof SipRequest)) throw new Error(`not a request:\n${requestText(method, fields)}`);
  return result.message;
}

/** What a plain phone answers: To tag `callee`, a Contact at 192.0.2.20:5060. */
export function answerTo(
  request: SipRequest,
  status: number,
  fields: { toTag?: string; contact?: string; headers?: [string, string][]; body?: string; reason?: string } = {},
): SipResponse {
  const headers: [string, string][] = [...(fields.headers ?? [])];
  if (status > 100 && status < 300) headers.push(['Contact', fields.contact ?? '<sip:1002@192.0.2.20:5060>']);
  return createResponse(request, status, fields.reason, {
    toTag: status > 100 ? (fields.toTag ?? 'callee') : undefined,
    headers,
    body: fields.body,
    contentType: fields.body ? 'application/sdp' : undefined,
  });
}
