import type { Dialog } from '../../sip/dialog/index.ts';
import type { SipRequest } from '../../sip/message/index.ts';
import type { Cancel, Clock, TransactionLayer } from '../../sip/transaction/index.ts';
import type { Target } from '../../sip/transport/types.ts';
import { EVENT, type MessageSummary, SUMMARY_TYPE, summaryBody } from './message-summary.ts';

export interface SubscriptionPorts {
  readonly transactions: TransactionLayer;
  readonly clock: Clock;
  /** What to tell now. */
  readonly summary: () => MessageSummary;
  /** It is over: by time, by the phone's wish, or because the phone does not know of it any more. */
  readonly ended: () => void;
}

/** One phone that wants to know of waiting messages: the notifier's side of RFC 6665. One NOTIFY at a time is on its way. */
export class Subscription {
  readonly dialog: Dialog;
  readonly account: string;
  #target: Target;
  readonly #eventId: string;
  readonly #ports: SubscriptionPorts;
  #expiresAt = 0;
  #expiry: Cancel = () => undefined;
  #onItsWay = false;
  #again = false;
  #over = false;

  /** @param eventId the parameter `id` of Event with its semicolon, or nothing: it comes back in every NOTIFY (RFC 6665 4.5.2) */
  constructor(dialog: Dialog, account: string, target: Target, eventId: string, ports: SubscriptionPorts) {
    this.dialog = dialog;
    this.account = account;
    this.#target = target;
    this.#eventId = eventId;
    this.#ports = ports;
  }

  /** Where its NOTIFYs go. */
  get target(): Target {
    return this.#target;
  }

  /** Begins or refreshes it. 0 seconds ends it, after one more NOTIFY. */
  extend(seconds: number, target: Target): void {
    const { clock } = this.#ports;
    this.#target = target;
    this.#expiry();
    this.#expiresAt = clock.now() + seconds * 1000;
    if (seconds === 0) this.#end();
    else this.#expiry = clock.after(seconds * 1000, () => this.#end());
  }

  /** Tells the phone how many messages there are now. */
  notify(): void {
    if (this.#onItsWay) this.#again = true;
    else this.#send();
  }

  /** Forgets it without a word. */
  drop(): void {
    this.#expiry();
    this.#over = true;
    this.#again = false;
    this.dialog.terminate();
  }

  /** RFC 6665 4.2.1.4: the last NOTIFY says that it is over. */
  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#expiry();
    this.#ports.ended();
    this.notify();
  }

  #send(): void {
    this.#onItsWay = true;
    this.#again = false;
    this.#ports.transactions.send(this.#build(), this.#target, {
      onResponse: (response) => {
        if (response.status < 200) return;
        this.dialog.receiveResponse(response);
        // RFC 6665 4.2.2: the phone knows nothing of it (481), or does not want it.
        this.#settled(response.status < 300 || response.has('Retry-After'));
      },
      onTimeout: () => this.#settled(false),
      onTransportError: () => this.#settled(false),
    });
  }

  #settled(lives: boolean): void {
    this.#onItsWay = false;
    if (!lives && !this.#over) {
      this.drop();
      this.#ports.ended();
    } else if (this.#again) this.#send();
  }

  #build(): SipRequest {
    const left = Math.max(0, Math.ceil((this.#expiresAt - this.#ports.clock.now()) / 1000));
    return this.dialog.createRequest(
      'NOTIFY',
      [
        ['Contact', this.dialog.contact],
        ['Event', EVENT + this.#eventId],
        ['Subscription-State', this.#over ? 'terminated;reason=timeout' : `active;expires=${left}`],
      ],
      { content: summaryBody(this.account, this.#ports.summary()), type: SUMMARY_TYPE },
    );
  }
}
