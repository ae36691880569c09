import { HeaderLine, wireText } from './header-line.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { checkUriText, SipRequest } from './request.ts';
import { SipResponse } from './response.ts';
import { isToken, SipSyntaxError } from './syntax.ts';
import type { SipUri } from './uri.ts';

const NO_BODY = Buffer.alloc(0);

/** Headers are sent in the given order, Content-Length is added. Throws SipSyntaxError on values that would break the message. */
export function createRequest(
  method: string,
  uri: SipUri | string,
  headers: readonly (readonly [string, string])[],
  body?: Buffer | string,
): SipRequest {
  if (!isToken(method)) throw new SipSyntaxError('method is not a token');
  const uriText = uri.toString();
  checkUriText(uriText);
  const request = new SipRequest(
    method,
    uriText,
    headers.map(([name, value]) => HeaderLine.of(name, value)),
    NO_BODY,
  );
  request.setBody(body ?? NO_BODY);
  return request;
}

export interface ResponseOptions {
  /** Put into To when the request's To has no tag. */
  toTag?: string;
  headers?: readonly (readonly [string, string])[];
  body?: Buffer | string;
  contentType?: string;
}

/**
 * Response to a request (RFC 3261 section 8.2.6): Vias, From, To, Call-ID and CSeq are copied as they came, Record-Route into
 * 101 to 2xx of requests that make a dialog (section 12.1.1), Timestamp into a 100. Works for a request with broken fields.
 */
export function createResponse(request: SipRequest, status: number, reason?: string, options: ResponseOptions = {}): SipResponse {
  if (!Number.isInteger(status) || status < 100 || status > 699) throw new SipSyntaxError('status out of range');
  const withRoute = status > 100 && status < 300 && DIALOG_FORMING.has(request.method);
  const lines: HeaderLine[] = [];
  for (const line of request.headerLines()) {
    switch (line.key) {
      case 'via':
      case 'from':
      case 'call-id':
      case 'cseq':
        lines.push(line);
        break;
      case 'to':
        lines.push(options.toTag === undefined ? line : withTag(line, options.toTag));
        break;
      case 'record-route':
        if (withRoute) lines.push(line);
        break;
      case 'timestamp':
        if (status === 100) lines.push(line);
    }
  }
  for (const [name, value] of options.headers ?? []) lines.push(HeaderLine.of(name, value));
  const response = new SipResponse(status, wireText(reason ?? reasonPhrase(status)), lines, NO_BODY);
  response.source = request.source;
  response.setBody(options.body ?? NO_BODY, options.contentType);
  return response;
}

const DIALOG_FORMING = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY']);

function withTag(to: HeaderLine, tag: string): HeaderLine {
  if (!isToken(tag)) throw new SipSyntaxError('tag is not a token');
  const value = to.value;
  // Parameters of the header come after the last ">", or, without brackets, after the first ";" (RFC 3261 section 20).
  const params = value.slice(value.lastIndexOf('>') + 1);
  return /;\s*tag\s*=/i.test(params) ? to : HeaderLine.of('To', `${value};tag=${tag}`);
}
