import type { Directory } from '../../directory/directory.ts';
import type { Subscriber } from '../../directory/types.ts';
import { isBehindNat } from '../../registrar/nat.ts';
import type { Registrar } from '../../registrar/registrar.ts';
import { Dialog, DialogError } from '../../sip/dialog/index.ts';
import type { SipRequest } from '../../sip/message/index.ts';
import type { Locator } from '../../sip/proxy/index.ts';
import type { Clock, ServerTransaction, TransactionLayer } from '../../sip/transaction/index.ts';
import type { Source, Target } from '../../sip/transport/types.ts';
import { EVENT, type MessageSummary, SUMMARY_TYPE } from './message-summary.ts';
import { Subscription } from './subscription.ts';
import { UnsolicitedNotifier } from './unsolicited-notifier.ts';

export interface MessageWaitingPorts {
  readonly directory: Directory;
  readonly registrar: Registrar;
  readonly transactions: TransactionLayer;
  readonly locator: Locator;
  readonly clock: Clock;
}

/** Kept in memory only, so a phone that asks for a day would miss a restart of ours for a day. */
const MAX_SECONDS = 3600;
const MIN_SECONDS = 60;
/** Phones of one subscriber. */
const MAX_SUBSCRIPTIONS = 10;
const NOTHING: MessageSummary = { newMessages: 0, savedMessages: 0 };

/**
 * Tells phones of waiting messages (RFC 3842): those that subscribe, and, as a setting says, those that are just registered. It knows no
 * mailboxes: whoever keeps messages sets `summaryOf` and calls `changed`.
 */
export class MessageWaiting {
  /** undefined: nothing is known of this subscriber, and his phones are left alone. */
  summaryOf: (subscriberId: number) => MessageSummary | undefined = () => undefined;
  readonly #ports: MessageWaitingPorts;
  readonly #subscriptions = new Map<number, Map<string, Subscription>>();
  readonly #unsolicited: UnsolicitedNotifier;

  constructor(ports: MessageWaitingPorts) {
    this.#ports = ports;
    this.#unsolicited = new UnsolicitedNotifier({
      ...ports,
      summaryOf: (id) => this.summaryOf(id),
      isSubscribed: (id, target) => this.#isSubscribed(id, target),
    });
    ports.directory.onChange(({ kind, id }) => {
      if (kind === 'subscriber' && typeof id === 'number' && ports.directory.subscriberById(id)?.status !== 'active') this.#forget(id);
    });
  }

  /** The messages of this subscriber have come, gone or been heard. */
  changed(subscriberId: number): void {
    for (const subscription of this.#subscriptions.get(subscriberId)?.values() ?? []) subscription.notify();
    this.#unsolicited.changed(subscriberId);
  }

  /** A SUBSCRIBE of somebody who has proved who he is, in or out of a dialog. */
  subscribe(request: SipRequest, tx: ServerTransaction, subscriber: Subscriber): void {
    const event = request.get('Event') ?? '';
    if (event.split(';')[0]?.trim().toLowerCase() !== EVENT) {
      tx.reply(489, undefined, [['Allow-Events', EVENT]]);
      return;
    }
    const accepted = request.tokens('Accept').map((type) => type.split(';')[0]?.trim().toLowerCase());
    if (accepted.length > 0 && !accepted.some((type) => type === SUMMARY_TYPE || type === 'application/*' || type === '*/*')) {
      tx.reply(406, undefined, [['Accept', SUMMARY_TYPE]]);
      return;
    }
    const seconds = Math.min(request.expires ?? MAX_SECONDS, MAX_SECONDS);
    if (seconds > 0 && seconds < MIN_SECONDS) tx.reply(423, undefined, [['Min-Expires', String(MIN_SECONDS)]]);
    else if (request.to.tag !== undefined) this.#refresh(request, tx, subscriber, seconds);
    else if (!this.#isOwn(request.uri.user, subscriber)) tx.reply(403, 'Subscribe to your own mailbox');
    else this.#begin(request, tx, subscriber, seconds, idParameter(event));
  }

  /** His number, a name of his, or the code that he dials for his mailbox: every phone names it in another way. */
  #isOwn(user: string | undefined, subscriber: Subscriber): boolean {
    const { directory } = this.#ports;
    if (user === undefined || user === subscriber.number) return true;
    const alias = directory.alias(user, subscriber.domain);
    if (alias) return alias.subscriberId === subscriber.id;
    const feature = directory.featureCodes.find(user);
    return feature?.code.feature === 'mailbox';
  }

  #begin(request: SipRequest, tx: ServerTransaction, subscriber: Subscriber, seconds: number, eventId: string): void {
    const { transactions, clock } = this.#ports;
    const contact = this.#contactTowards(request.source as Source, subscriber.number);
    let dialog: Dialog;
    try {
      dialog = Dialog.answering(request, tx.localTag, contact);
    } catch (error) {
      if (!(error instanceof DialogError)) throw error;
      tx.reply(400, 'Missing Contact');
      return;
    }
    const own = this.#subscriptions.get(subscriber.id) ?? new Map<string, Subscription>();
    this.#subscriptions.set(subscriber.id, own);
    const key = keyOf(request.callId, tx.localTag);
    const account = `sip:${subscriber.number}@${subscriber.domain}`;
    const subscription = new Subscription(dialog, account, this.#targetOf(request, dialog), eventId, {
      ...{ transactions, clock },
      summary: () => this.summaryOf(subscriber.id) ?? NOTHING,
      ended: () => this.#remove(subscriber.id, key),
    });
    own.set(key, subscription);
    for (const [oldest, old] of own) {
      if (own.size <= MAX_SUBSCRIPTIONS) break;
      old.drop();
      own.delete(oldest);
    }
    dialog.confirm();
    this.#accept(request, tx, subscription, seconds);
  }

  #refresh(request: SipRequest, tx: ServerTransaction, subscriber: Subscriber, seconds: number): void {
    const subscription = this.#subscriptions.get(subscriber.id)?.get(keyOf(request.callId, request.to.tag ?? ''));
    if (!subscription || subscription.dialog.remoteTag !== request.from.tag) tx.reply(481);
    else if (subscription.dialog.receive(request) === 'out-of-order') tx.reply(500);
    else this.#accept(request, tx, subscription, seconds);
  }

  /** RFC 6665 4.2.1.1, 4.2.1.2: the answer says how long it holds, and a NOTIFY follows at once. */
  #accept(request: SipRequest, tx: ServerTransaction, subscription: Subscription, seconds: number): void {
    tx.reply(200, undefined, [
      ['Contact', subscription.dialog.contact],
      ['Expires', String(seconds)],
    ]);
    subscription.extend(seconds, this.#targetOf(request, subscription.dialog));
    if (seconds > 0) subscription.notify();
  }

  /** Where it came from, for a connection and for a phone behind a NAT; else where its Contact, or the proxy before us, says. */
  #targetOf(request: SipRequest, dialog: Dialog): Target {
    const { source } = request as { source: Source };
    const back = { protocol: source.protocol, address: source.address, port: source.port, flow: source.flow, localHint: source.local };
    const { directory, locator } = this.#ports;
    if (source.protocol !== 'udp' || isBehindNat(request, source, directory.settings.sipAsymmetricAgents)) return back;
    const said = locator.locateNow(dialog.nextHop);
    return said ? { ...said, ...(said.protocol === source.local.protocol && { localHint: source.local }) } : back;
  }

  #contactTowards(source: Source, user: string): string {
    const { sentBy } = this.#ports.transactions.transport.viaFor({ ...source, localHint: source.local });
    return `<sip:${encodeURIComponent(user)}@${sentBy}${source.protocol === 'udp' ? '' : `;transport=${source.protocol}`}>`;
  }

  #isSubscribed(subscriberId: number, { address, port }: Target): boolean {
    return [...(this.#subscriptions.get(subscriberId)?.values() ?? [])].some(
      ({ target }) => target.address === address && target.port === port,
    );
  }

  #remove(subscriberId: number, key: string): void {
    const own = this.#subscriptions.get(subscriberId);
    own?.delete(key);
    if (own?.size === 0) this.#subscriptions.delete(subscriberId);
  }

  #forget(subscriberId: number): void {
    for (const subscription of this.#subscriptions.get(subscriberId)?.values() ?? []) subscription.drop();
    this.#subscriptions.delete(subscriberId);
  }
}

const keyOf = (callId: string, localTag: string): string => `${callId} ${localTag}`;

const idParameter = (event: string): string => /;\s*id\s*=\s*([\w.!%*+`'~-]+)/i.exec(event)?.[0].replace(/\s/g, '') ?? '';
