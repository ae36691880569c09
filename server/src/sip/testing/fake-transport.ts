import { parseMessage, SipRequest, SipResponse } from '../message/index.ts';
import type { TransportPort } from '../transaction/types.ts';
import type { Endpoint, Flow, Source, Target } from '../transport/types.ts';

/** One message that left through the fake transport. */
export interface SentMessage {
  message: SipRequest | SipResponse;
  target?: Target;
  /** Makes this send fail, as a socket error would. */
  fail: (error: Error) => void;
}

const LOCAL: Endpoint = { protocol: 'udp', address: '192.0.2.1', port: 5060 };

/** A way in from `endpoint`, through the listener of the same protocol. */
export function sourceOf(endpoint: Endpoint, local: Endpoint = { ...LOCAL, protocol: endpoint.protocol }): Source {
  const flow: Flow = {
    id: `${endpoint.protocol}:${endpoint.address}:${endpoint.port}`,
    protocol: endpoint.protocol,
    remote: endpoint,
    local,
    alive: true,
    send() {},
  };
  return { ...endpoint, local, flow };
}

/** Records what is sent and hands in what a test delivers. Every message is serialised and parsed on the way, as on a real wire. */
export class FakeTransport implements TransportPort {
  onMessage: TransportPort['onMessage'] = () => {};
  onBadRequest: TransportPort['onBadRequest'] = () => {};
  readonly sent: SentMessage[] = [];
  readonly local: Endpoint;
  #toDrop = 0;
  #failWith: Error | undefined;

  constructor(local: Endpoint = LOCAL) {
    this.local = local;
  }

  sendRequest(request: SipRequest, target: Target, onError: (error: Error) => void): void {
    this.#record(request, onError, target);
  }

  sendResponse(response: SipResponse, _to: Source, onError: (error: Error) => void = () => {}): void {
    this.#record(response, onError);
  }

  viaFor(target: Target): { protocol: string; sentBy: string } {
    const host = target.address.includes(':') ? '[2001:db8::1]' : this.local.address;
    return { protocol: target.protocol.toUpperCase(), sentBy: `${host}:${this.local.port}` };
  }

  mediaAddress(target: Target): { advertise: string; bind: string } {
    const advertise = target.address.includes(':') ? '2001:db8::1' : this.local.address;
    return { advertise, bind: advertise };
  }

  ownAddress(address: string, port?: number): boolean {
    return (address === this.local.address || address === '2001:db8::1') && (port === undefined || port === this.local.port);
  }

  /** The next `count` messages are lost on the wire: sent, not recorded. */
  dropNext(count = 1): void {
    this.#toDrop = count;
  }

  /** Every send fails at once until called again without an error. */
  failSends(error?: Error): void {
    this.#failWith = error;
  }

  /** Delivers a message as if it came from `from`. */
  deliver(message: SipRequest | SipResponse | string, from: Endpoint = { protocol: 'udp', address: '192.0.2.10', port: 5060 }): void {
    const bytes = typeof message === 'string' ? Buffer.from(message, 'latin1') : message.toBuffer();
    const result = parseMessage(bytes);
    const source = sourceOf(from, { ...this.local, protocol: from.protocol });
    if (result.ok) {
      result.message.source = source;
      this.onMessage(result.message, source);
    } else if (result.kind === 'bad-request' && result.message) {
      result.message.source = source;
      this.onBadRequest(result.message, result.status, result.reason, source);
    }
  }

  get last(): SipRequest | SipResponse {
    const sent = this.sent.at(-1);
    if (!sent) throw new Error('nothing was sent');
    return sent.message;
  }

  /** What was sent since the last call, oldest first. */
  take(): SentMessage[] {
    return this.sent.splice(0);
  }

  /** The same as short text: `INVITE` or `180`. */
  takeLine(): string[] {
    return this.take().map(({ message }) => (message.kind === 'request' ? message.method : String(message.status)));
  }

  #record(message: SipRequest | SipResponse, onError: (error: Error) => void, target?: Target): void {
    if (this.#failWith) {
      onError(this.#failWith);
      return;
    }
    if (this.#toDrop > 0) {
      this.#toDrop--;
      return;
    }
    const result = parseMessage(Buffer.from(message.toBuffer()));
    // The answer to a malformed request repeats its broken fields (RFC 3261 8.2.6) and cannot be parsed again.
    const copy = result.ok ? result.message : message;
    copy.source = message.source;
    this.sent.push({ message: copy, target, fail: onError });
  }
}

export function isRequest(message: SipRequest | SipResponse): message is SipRequest {
  return message instanceof SipRequest;
}

export function isResponse(message: SipRequest | SipResponse): message is SipResponse {
  return message instanceof SipResponse;
}
