import { flat } from '../flat.ts';
import { createRequest, NameAddr, readable, type SipRequest, type SipResponse, SipUri } from '../message/index.ts';

export type DialogState = 'early' | 'confirmed' | 'terminated';

/** A dialog-forming request or its response that lacks what a dialog needs. */
export class DialogError extends Error {}

type Headers = readonly (readonly [string, string])[];

interface DialogFields {
  role: 'uac' | 'uas';
  callId: string;
  local: NameAddr;
  remote: NameAddr;
  localSeq: number;
  remoteSeq: number | undefined;
  remoteTarget: string;
  routeSet: string[];
  contact: string;
}

/** Requests that move the remote target (RFC 3261 12.2, RFC 3311 5.1, RFC 3515, RFC 6665). */
const TARGET_REFRESH = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER']);

/** What a dialog of ours takes from the INVITE that began it. */
export type DialogRequest = Pick<SipRequest, 'callId' | 'cseq' | 'from' | 'uriText'>;

/** One side of a dialog (RFC 3261 12). It lasts as long as its call, and keeps nothing of the messages that made it but the text it needs. */
export class Dialog {
  readonly role: 'uac' | 'uas';
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Our Contact, as a header value. */
  contact: string;
  state: DialogState = 'early';
  /** CSeq number of our latest request. */
  localSeq: number;
  /** CSeq number of the peer's latest request; undefined before its first one. */
  remoteSeq: number | undefined;
  /** From of the requests we send, tag included. */
  readonly #local: string;
  /** To of the requests we send, tag included. */
  readonly #remote: string;
  #remoteTarget: string;
  #routeSet: readonly string[];

  private constructor(fields: DialogFields) {
    this.role = fields.role;
    this.callId = flat(fields.callId);
    this.localTag = flat(fields.local.tag ?? '');
    this.remoteTag = flat(fields.remote.tag ?? '');
    this.#local = flat(fields.local.toString());
    this.#remote = flat(fields.remote.toString());
    this.localSeq = fields.localSeq;
    this.remoteSeq = fields.remoteSeq;
    this.#remoteTarget = flat(fields.remoteTarget);
    this.#routeSet = fields.routeSet.map(flat);
    this.contact = fields.contact;
  }

  /**
   * The answering side (RFC 3261 12.1.1), early until `confirm`. Throws DialogError without a usable Contact.
   * @param contact our Contact header value, put into our requests and responses.
   */
  static answering(request: SipRequest, localTag: string, contact: string): Dialog {
    const local = request.to.clone();
    local.tag = localTag;
    return new Dialog({
      role: 'uas',
      callId: request.callId,
      local,
      remote: request.from,
      localSeq: 0,
      remoteSeq: request.cseq.seq,
      remoteTarget: contactOf(request),
      routeSet: request.recordRoutes.map(String),
      contact,
    });
  }

  /** The calling side, of a 101 to 299 response with a To tag (RFC 3261 12.1.2). Throws DialogError. */
  static calling(request: DialogRequest, response: SipResponse, contact: string): Dialog {
    const dialog = new Dialog({
      role: 'uac',
      callId: request.callId,
      local: request.from,
      remote: response.to,
      localSeq: request.cseq.seq,
      remoteSeq: undefined,
      remoteTarget: contactOf(response, request.uriText),
      routeSet: routesOf(response),
      contact,
    });
    if (response.status >= 200) dialog.state = 'confirmed';
    return dialog;
  }

  get remoteTarget(): string {
    return this.#remoteTarget;
  }

  get routeSet(): readonly string[] {
    return this.#routeSet;
  }

  /** Where requests go first: the topmost route, or the remote target (RFC 3261 12.2.1.1). */
  get nextHop(): SipUri {
    const [first] = this.#routeSet;
    return first === undefined ? SipUri.parse(this.#remoteTarget) : NameAddr.parse(first).uri;
  }

  confirm(): void {
    if (this.state === 'early') this.state = 'confirmed';
  }

  terminate(): void {
    this.state = 'terminated';
  }

  /** The next request of ours in this dialog; the transaction layer adds the Via. */
  createRequest(method: string, headers: Headers = [], body?: { content: Buffer | string; type: string }): SipRequest {
    this.localSeq++;
    return this.#build(method, this.localSeq, headers, body);
  }

  /** The ACK for a 2xx to our INVITE with CSeq number `seq` (RFC 3261 13.2.2.4). */
  createAck(seq: number, headers: Headers = [], body?: { content: Buffer | string; type: string }): SipRequest {
    return this.#build('ACK', seq, headers, body);
  }

  #build(method: string, seq: number, headers: Headers, body: { content: Buffer | string; type: string } | undefined): SipRequest {
    const { uri, routes } = this.#routing();
    const lines: (readonly [string, string])[] = routes.map((route) => ['Route', route] as const);
    lines.push(['Max-Forwards', '70'], ['From', this.#local], ['To', this.#remote], ['Call-ID', this.callId], ['CSeq', `${seq} ${method}`]);
    if (method === 'INVITE' || method === 'UPDATE' || method === 'ACK') lines.push(['Contact', this.contact]);
    lines.push(...headers);
    if (body) lines.push(['Content-Type', body.type]);
    return createRequest(method, uri, lines, body?.content);
  }

  #routing(): { uri: string; routes: readonly string[] } {
    const [first] = this.#routeSet;
    if (first === undefined) return { uri: this.#remoteTarget, routes: [] };
    const hop = NameAddr.parse(first).uri;
    if (hop.isLooseRouter) return { uri: this.#remoteTarget, routes: this.#routeSet };
    // RFC 3261 12.2.1.1: a strict router wants to find itself in the Request-URI, and the target as the last Route.
    return { uri: hop.toString(), routes: [...this.#routeSet.slice(1), `<${this.#remoteTarget}>`] };
  }

  /**
   * Takes note of a request of the peer (RFC 3261 12.2.2). 'out-of-order' is to be answered with 500; an ACK or CANCEL is never to be
   * given to this.
   */
  receive(request: SipRequest): 'ok' | 'out-of-order' {
    const { seq } = request.cseq;
    if (this.remoteSeq !== undefined && seq < this.remoteSeq) return 'out-of-order';
    this.remoteSeq = seq;
    this.#refreshTarget(request, request.method);
    return 'ok';
  }

  /** Takes note of a response to a request of ours: the first 2xx fixes the route set (13.2.2.4), each may move the target. */
  receiveResponse(response: SipResponse): void {
    if (response.status < 200 || response.status > 299) return;
    if (this.state === 'early' && this.role === 'uac' && response.cseq.method === 'INVITE') {
      this.#routeSet = routesOf(response).map(flat);
      this.state = 'confirmed';
    }
    this.#refreshTarget(response, response.cseq.method);
  }

  #refreshTarget(message: SipRequest | SipResponse, method: string): void {
    if (!TARGET_REFRESH.has(method)) return;
    const contacts = readable(() => message.contacts) ?? [];
    if (contacts !== '*' && contacts[0]) this.#remoteTarget = flat(contacts[0].uri.toString());
  }
}

/** A UAC reads the Record-Routes of the response from the bottom up. */
function routesOf(response: SipResponse): string[] {
  const routes = readable(() => response.recordRoutes) ?? [];
  return routes.map(String).reverse();
}

function contactOf(message: SipRequest | SipResponse, fallback?: string): string {
  const contacts = readable(() => message.contacts) ?? [];
  const uri = contacts === '*' ? undefined : contacts[0]?.uri;
  if (uri && (uri.scheme === 'sip' || uri.scheme === 'sips')) return uri.toString();
  if (fallback !== undefined) return fallback;
  throw new DialogError('no usable Contact');
}
