import { createRequest, NameAddr, type SipRequest, type SipResponse, SipUri } from '../../sip/message/index.ts';
import { token } from '../../sip/token.ts';
import type { TransactionLayer } from '../../sip/transaction/index.ts';
import type { ServerLocator } from '../../sip/transport/index.ts';
import type { Target } from '../../sip/transport/types.ts';

export interface OutOfDialogRequest {
  readonly method: 'OPTIONS' | 'REGISTER';
  readonly uri: SipUri;
  readonly from: SipUri;
  readonly to: SipUri;
  readonly callId: string;
  readonly cseq: number;
  /** The way there, where it is known; else the URI is looked up. */
  readonly target?: Target | undefined;
  readonly headers?: readonly (readonly [string, string])[];
  /** User part of our Contact; none is sent when left out. */
  readonly contactUser?: string;
  /** Told why nothing could be sent, where that is known. */
  readonly onFault?: ((why: string) => void) | undefined;
}

/** The final response, or undefined: no answer, or no way there. */
export type Answer = SipResponse | undefined;

/** Sends requests of our own outside any dialog, and tells the final answer. */
export class OutOfDialogSender {
  readonly #transactions: TransactionLayer;
  readonly #locator: ServerLocator;

  constructor(transactions: TransactionLayer, locator: ServerLocator) {
    this.#transactions = transactions;
    this.#locator = locator;
  }

  async send(request: OutOfDialogRequest): Promise<Answer> {
    const target = request.target ?? this.#locator.locateNow(request.uri) ?? (await this.#locator.locate(request.uri))[0];
    if (!target) {
      request.onFault?.(`no way to ${request.uri.host}: it has no address, or nothing here speaks its transport`);
      return undefined;
    }
    return new Promise((resolve) => {
      this.#transactions.send(this.#build(request, target), target, {
        onResponse: (response) => {
          if (response.status >= 200) resolve(response);
        },
        onTimeout: () => resolve(undefined),
        onTransportError: (error) => {
          request.onFault?.(error.message);
          resolve(undefined);
        },
      });
    });
  }

  #build(request: OutOfDialogRequest, target: Target): SipRequest {
    const from = new NameAddr(request.from);
    from.tag = token(10);
    const headers: (readonly [string, string])[] = [
      ['Max-Forwards', '70'],
      ['From', from.toString()],
      ['To', new NameAddr(request.to).toString()],
      ['Call-ID', request.callId],
      ['CSeq', `${request.cseq} ${request.method}`],
    ];
    if (request.contactUser !== undefined) headers.push(['Contact', `<${this.contact(request.contactUser, target)}>`]);
    return createRequest(request.method, request.uri, [...headers, ...(request.headers ?? [])]);
  }

  /** Our Contact as it is reached from there. */
  contact(user: string, target: Target): string {
    const { sentBy } = this.#transactions.transport.viaFor(target);
    const uri = SipUri.parse(`sip:${sentBy}`);
    uri.user = user;
    if (target.protocol !== 'udp') uri.params.set('transport', target.protocol);
    return uri.toString();
  }
}
