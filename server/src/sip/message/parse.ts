import { HeaderLine } from './header-line.ts';
import { headerKey } from './header-names.ts';
import { SipRequest } from './request.ts';
import { SipResponse } from './response.ts';
import { isToken, isTokenCode, readable, SipSyntaxError, trimSpace } from './syntax.ts';
import type { SipUri } from './uri.ts';

export const MAX_MESSAGE_BYTES = 65_536;
const MAX_HEADER_LINES = 256;
const MAX_HEADER_CHARS = 8_192;

/** Nothing that could be answered: not SIP, a truncated head, a broken response. To be dropped and counted. */
export interface Garbage {
  ok: false;
  kind: 'garbage';
}

/** A request that must be refused. `message` is there when it can be answered: its topmost Via is readable. */
export interface BadRequest {
  ok: false;
  kind: 'bad-request';
  status: 400 | 505 | 413 | 513;
  /** Reason phrase: what is wrong. */
  reason: string;
  message?: SipRequest;
}

/** `length`: octets used, for a datagram that holds more than its message. */
export type ParseResult = { ok: true; message: SipRequest | SipResponse; length: number } | Garbage | BadRequest;
export type HeadResult = { ok: true; message: SipRequest | SipResponse } | Garbage | BadRequest;

const GARBAGE: Garbage = { ok: false, kind: 'garbage' };
const NO_BODY = Buffer.alloc(0);
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * Parses one datagram. A Content-Length shorter than the rest cuts the rest off, a longer one is 400 (RFC 3261 section
 * 18.3), a missing one means all of it.
 */
export function parseMessage(bytes: Buffer): ParseResult {
  const start = skipBlankLines(bytes);
  const headEnd = bytes.indexOf(END_OF_HEAD, start);
  if (headEnd < 0) return GARBAGE;
  const head = parseHead(bytes.toString('latin1', start, headEnd));
  if (!head.ok) return head;
  const message = head.message;
  const bodyStart = headEnd + 4;
  const bodyEnd = bodyStart + (message.contentLength ?? bytes.length - bodyStart);
  if (bodyEnd > bytes.length) return refuse(message, 400, 'Body shorter than Content-Length');
  return { ok: true, message: attachBody(message, bytes.subarray(start, bodyEnd), bodyStart - start), length: bodyEnd };
}

/** Gives a parsed head its body; `bytes` is the whole message, whose body begins at `bodyStart`. */
export function attachBody<T extends SipRequest | SipResponse>(message: T, bytes: Buffer, bodyStart: number): T {
  message.receive(bodyStart === bytes.length ? NO_BODY : bytes.subarray(bodyStart), bytes);
  return message;
}

/** Position of the first octet that is not part of an empty line (RFC 3261 section 7.5). */
export function skipBlankLines(bytes: Buffer): number {
  let i = 0;
  while (bytes[i] === 0x0d && bytes[i + 1] === 0x0a) i += 2;
  return i;
}

/** Parses start line and header fields, without the empty line that ends them, and checks what every message must have. */
export function parseHead(head: string): HeadResult {
  const lineEnd = head.indexOf('\r\n');
  const startLine = lineEnd < 0 ? head : head.slice(0, lineEnd);
  const lines: HeaderLine[] = [];
  const lineFault = lineEnd < 0 ? undefined : parseLines(head, lineEnd + 2, lines);
  if (/^SIP\//i.test(startLine)) return responseFrom(startLine, lines, lineFault);
  return requestFrom(startLine, lines, lineFault);
}

function requestFrom(startLine: string, lines: HeaderLine[], lineFault: string | undefined): HeadResult {
  const methodEnd = startLine.indexOf(' ');
  const uriEnd = startLine.lastIndexOf(' SIP/');
  const versionStart = uriEnd > 0 ? uriEnd : startLine.search(/ sip\//i);
  if (methodEnd <= 0 || versionStart <= methodEnd) return GARBAGE;
  const method = startLine.slice(0, methodEnd);
  if (!isToken(method)) return GARBAGE;
  const version = startLine.slice(versionStart + 5);
  const request = new SipRequest(method, startLine.slice(methodEnd + 1, versionStart), lines, NO_BODY);
  if (version !== '2.0')
    return /^\d+\.\d+$/.test(version) ? refuse(request, 505, 'Version Not Supported') : refuse(request, 400, 'Bad request line');
  const fault = lineFault ?? commonFault(request) ?? requestFault(request);
  return fault === undefined ? { ok: true, message: request } : refuse(request, 400, fault);
}

function responseFrom(startLine: string, lines: HeaderLine[], lineFault: string | undefined): HeadResult {
  if (lineFault !== undefined || !/^SIP\/2\.0 [1-6]\d\d(?: |$)/i.test(startLine)) return GARBAGE;
  const response = new SipResponse(Number(startLine.slice(8, 11)), startLine.slice(12), lines, NO_BODY);
  return commonFault(response) === undefined ? { ok: true, message: response } : GARBAGE;
}

/** Cuts the head into lines; returns what is wrong with it, if anything. A line that cannot be read is left out. */
function parseLines(head: string, from: number, lines: HeaderLine[]): string | undefined {
  // A bare CR or LF ends a line for some and not for others: what we let through, the next hop might read differently.
  const bareBreak = hasBareLineBreak(head);
  let fault = bareBreak ? 'Bare CR or LF in the header' : undefined;
  let start = from;
  let count = 0;
  while (start < head.length) {
    let end = head.indexOf('\r\n', start);
    // A line that begins with white space continues the one before (RFC 3261 section 7.3.1).
    while (end >= 0 && (head.charCodeAt(end + 2) === 0x20 || head.charCodeAt(end + 2) === 0x09)) end = head.indexOf('\r\n', end + 2);
    if (end < 0) end = head.length;
    const raw = head.slice(start, end);
    start = end + 2;
    if (++count > MAX_HEADER_LINES) return 'Too many header fields';
    if (bareBreak && hasBareLineBreak(raw)) continue;
    if (raw.length > MAX_HEADER_CHARS) {
      fault ??= 'Header field too long';
      continue;
    }
    const colon = raw.indexOf(':');
    const key = headerKey(trimSpace(raw.slice(0, Math.max(0, colon))));
    if (isHeaderName(key)) lines.push(new HeaderLine(key, raw, colon));
    else fault ??= 'Bad header line';
  }
  return fault;
}

function isHeaderName(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (!isTokenCode(name.charCodeAt(i))) return false;
  return name.length > 0;
}

function hasBareLineBreak(head: string): boolean {
  for (let i = head.indexOf('\r'), n = head.indexOf('\n'); i >= 0 || n >= 0; i = head.indexOf('\r', i + 2), n = head.indexOf('\n', n + 1)) {
    if (n !== i + 1 || i < 0) return true;
  }
  return false;
}

/** Header fields of which a message has one. */
const SINGLE = new Map(
  ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length', 'content-type', 'expires'].map((key, i) => [key, 1 << i]),
);

/** A field by name, and what reads it: throws SipSyntaxError when it is broken. Made once, as every message passes here. */
type Check<T> = readonly [name: string, read: (message: T) => unknown];

/** What a request and a response must both have right (RFC 3261 section 8.1.1). */
const COMMON: readonly Check<SipRequest | SipResponse>[] = [
  ['Via', (message) => message.topVia ?? missing('Via')],
  ['From', (message) => message.from],
  ['To', (message) => message.to],
  ['Call-ID', (message) => message.callId],
  ['CSeq', (message) => message.cseq],
  ['Content-Length', (message) => message.contentLength],
];

/** What we ourselves read of a request must be readable, so that nobody above has to expect a broken one. */
const OF_REQUESTS: readonly Check<SipRequest>[] = [
  ['Request-URI', (request) => checkRequestUri(request.uri)],
  ['Max-Forwards', (request) => request.maxForwards],
  ['Via', (request) => request.vias],
  ['Contact', (request) => request.contacts],
  ['Route', (request) => request.routes],
  ['Record-Route', (request) => request.recordRoutes],
];

function commonFault(message: SipRequest | SipResponse): string | undefined {
  let seen = 0;
  for (const line of message.headerLines()) {
    const bit = SINGLE.get(line.key);
    if (bit === undefined) continue;
    if ((seen & bit) !== 0) return `More than one ${line.key}`;
    seen |= bit;
  }
  return faultIn(COMMON, message);
}

function requestFault(request: SipRequest): string | undefined {
  if (request.method !== request.cseq.method) return 'CSeq does not match the method';
  return faultIn(OF_REQUESTS, request);
}

/** A Request-URI has no headers (RFC 3261 section 19.1.1, table 1). */
function checkRequestUri(uri: SipUri): void {
  if (uri.headers !== '') throw new SipSyntaxError('headers in it');
}

function missing(name: string): never {
  throw new SipSyntaxError(`missing ${name}`);
}

/** The first of the checks that fails, in words. */
function faultIn<T>(checks: readonly Check<T>[], message: T): string | undefined {
  let done = 0;
  try {
    for (; done < checks.length; done++) checks[done]![1](message);
    return undefined;
  } catch (error) {
    if (error instanceof SipSyntaxError) return `Bad ${checks[done]![0]}: ${error.message}`;
    throw error;
  }
}

/** A broken response is never answered. */
function refuse(message: SipRequest | SipResponse, status: BadRequest['status'], reason: string): Garbage | BadRequest {
  if (message.kind === 'response') return GARBAGE;
  const answerable = readable(() => message.topVia) !== undefined;
  return answerable ? { ok: false, kind: 'bad-request', status, reason, message } : { ok: false, kind: 'bad-request', status, reason };
}
