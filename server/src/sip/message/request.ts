import type { Source } from '../transport/types.ts';
import type { HeaderLine } from './header-line.ts';
import { SipMessage } from './message.ts';
import { isToken, SipSyntaxError } from './syntax.ts';
import { SipUri } from './uri.ts';

export class SipRequest extends SipMessage {
  readonly kind = 'request';
  /** Where it came from; set by the transport. */
  source: Source | undefined;
  /** Milliseconds on the transport's monotonic clock. */
  receivedAt: number | undefined;
  private currentMethod: string;
  private currentUri: string;
  private parsedUri: SipUri | undefined;

  constructor(method: string, uriText: string, lines: HeaderLine[], body: Buffer) {
    super(lines, body);
    this.currentMethod = method;
    this.currentUri = uriText;
  }

  get method(): string {
    return this.currentMethod;
  }
  set method(method: string) {
    if (!isToken(method)) throw new SipSyntaxError('method is not a token');
    this.currentMethod = method;
    this.changed('');
  }

  /** The Request-URI, shared like the typed headers: assign it again after changing it. */
  get uri(): SipUri {
    this.parsedUri ??= SipUri.parse(this.currentUri);
    return this.parsedUri;
  }
  set uri(uri: SipUri) {
    this.uriText = uri.toString();
  }

  get uriText(): string {
    return this.currentUri;
  }
  set uriText(text: string) {
    checkUriText(text);
    this.currentUri = text;
    this.parsedUri = undefined;
    this.changed('');
  }

  clone(): this {
    const copy = new SipRequest(this.currentMethod, this.currentUri, this.lines.slice(), this.body);
    copy.source = this.source;
    copy.receivedAt = this.receivedAt;
    this.copyState(copy);
    return copy as this;
  }

  protected startLine(): string {
    return `${this.currentMethod} ${this.currentUri} SIP/2.0`;
  }
}

/** A Request-URI ends at the first space; one with white space in it could smuggle in another start line or header. */
export function checkUriText(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code > 0xff || code === 0x7f) throw new SipSyntaxError('character not allowed in a Request-URI');
  }
  if (text === '') throw new SipSyntaxError('empty Request-URI');
}
