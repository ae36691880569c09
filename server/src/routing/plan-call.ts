import { affordableSeconds } from '../billing/price.ts';
import { findRate } from '../billing/rate-table.ts';
import type { Directory } from '../directory/directory.ts';
import type { NumberEntry, Subscriber } from '../directory/types.ts';
import { formatMoney, type Micros } from '../money/money.ts';
import {
  type App,
  type Bridge,
  type CallContext,
  type CallPlan,
  type ContactTarget,
  type Next,
  type PriceQuote,
  type Ring,
  type Stage,
  type Step,
  type VoicemailWhy,
  voicemailArgument,
} from './call-plan.ts';
import { chooseGateways, isFull } from './choose-gateways.ts';
import { type Dialled, e164Digits, readDialled, requestUser } from './dial-plan.ts';
import { type RefusalCode, refusals } from './refusals.ts';

/** Every code an explanation step may carry; the pages have a sentence for each. */
export const stepCodes = [
  'from-subscriber', // number, name
  'from-gateway', // name
  'from-stranger',
  'is-subscriber', // number, name
  'is-alias', // alias, number
  'is-did', // did, number
  'is-redirected', // number, target
  'is-feature', // code, feature, description
  'feature-argument', // argument
  'do-not-disturb', // number
  'voicemail-takes', // number, when: which failures of the ring
  'is-international', // e164
  'permitted', // group
  'rate-found', // prefix, name, pricePerMinute, connectFee
  'free-rate', // prefix, name
  'free-of-charge', // group
  'credit-enough', // available, seconds
  'gateway-chosen', // position, name, sends
  'gateway-busy', // name, calls
  'gateway-avoided', // name
  'phones-ring', // position, phones
  'calls-free', // active, allowed
  'refused', // code, status, reason, text
] as const;
export type StepCode = (typeof stepCodes)[number];

/**
 * Decides what happens to a call. Pure: the same context and directory give the same plan, so that "what would happen if 1001 dialled
 * 0044..." is answered by the code that carries calls.
 */
export function planCall<T extends ContactTarget>(context: CallContext<T>, directory: Directory): CallPlan<T> {
  return new Planner(context, directory).plan();
}

class Planner<T extends ContactTarget> {
  readonly #context: CallContext<T>;
  readonly #directory: Directory;
  readonly #steps: Step[] = [];

  constructor(context: CallContext<T>, directory: Directory) {
    this.#context = context;
    this.#directory = directory;
  }

  plan(): CallPlan<T> {
    const { from, dialled, domain, method } = this.#context;
    this.#explainCaller();
    const number = readDialled(dialled);
    // A Request-URI without user part names the server, not a person (O-78).
    if (number.kind === 'empty') return this.#refuse('address-incomplete');
    if (from.kind === 'subscriber') {
      if (from.subscriber.status !== 'active') return this.#refuse('suspended');
      if (method !== 'MESSAGE') {
        const active = this.#context.activeCalls(from.subscriber.id);
        if (active >= from.subscriber.maxCalls) return this.#refuse('too-many-calls');
        this.#explain('calls-free', { active, allowed: from.subscriber.maxCalls });
      }
    }
    if (from.kind === 'gateway' && method !== 'MESSAGE' && isFull(from.gateway, this.#context.gatewayCalls)) {
      this.#explain('gateway-busy', { name: from.gateway.name, calls: this.#context.gatewayCalls(from.gateway.id) });
      return this.#refuse('gateways-busy');
    }
    const own = this.#directory.subscriber(number.text, domain);
    if (own) return this.#ring(own);
    const entry = this.#numberEntry(number, domain);
    if (entry) return this.#follow(entry, domain);
    // After the numbers of people, so that a new code never takes an existing number away. A gateway reaches a service by a DID only.
    if (from.kind === 'subscriber' && method !== 'MESSAGE') {
      const feature = this.#feature(number.text);
      if (feature) return feature;
    }
    // Only a subscriber who pays may leave through a gateway: a gateway or a stranger never gets from one to another.
    if (number.kind === 'international' && from.kind === 'subscriber' && method !== 'MESSAGE')
      return this.#abroad(number.e164, from.subscriber);
    return this.#refuse('unknown-number');
  }

  #numberEntry(number: Exclude<Dialled, { kind: 'empty' }>, domain: string): NumberEntry | undefined {
    const alias = this.#directory.alias(number.text, domain);
    if (alias) return alias;
    if (this.#context.from.kind !== 'gateway') return this.#directory.did(number.kind === 'international' ? number.e164 : number.text);
    // Carriers write one number with +, with 00 or bare: an alias that is such a number is found in each of these forms, as a DID is.
    const digits = number.kind === 'international' ? number.e164 : e164Digits(number.text);
    return this.#directory.did(digits) ?? this.#directory.alias(digits, domain) ?? this.#directory.alias(`+${digits}`, domain);
  }

  #follow(entry: NumberEntry, domain: string): CallPlan<T> {
    const subscriber = entry.subscriberId === null ? undefined : this.#directory.subscriberById(entry.subscriberId);
    if (subscriber) {
      if (entry.kind === 'did') this.#explain('is-did', { did: entry.number, number: subscriber.number });
      else this.#explain('is-alias', { alias: entry.number, number: subscriber.number });
      return this.#ring(subscriber);
    }
    if (entry.target === null) return this.#refuse('unknown-number');
    this.#explain('is-redirected', { number: entry.number, target: entry.target });
    const named = /^sips?:([^@;?]+)@([^;:?]+)/i.exec(entry.target);
    const host = (named?.[2] ?? domain).toLowerCase();
    const local = named && this.#directory.subscriber(named[1] ?? '', host);
    if (local) return this.#ring(local);
    const feature = named && this.#directory.serves(host) && this.#context.method !== 'MESSAGE' ? this.#feature(named[1] ?? '') : undefined;
    if (feature) return feature;
    // A gateway that follows a redirect makes a call nobody can bill (G-66).
    if (this.#context.from.kind !== 'subscriber') return this.#refuse('foreign-domain');
    return this.#done({}, [{ kind: 'redirect', contacts: [entry.target] }]);
  }

  #ring(subscriber: Subscriber): CallPlan<T> {
    this.#explain('is-subscriber', { number: subscriber.number, name: subscriber.displayName });
    if (subscriber.status === 'closed') return this.#refuse('unknown-number');
    const { doNotDisturb, number } = subscriber;
    if (doNotDisturb) this.#explain('do-not-disturb', { number });
    const targets = subscriber.status === 'active' && !doNotDisturb ? groupsByQ(this.#context.bindings(subscriber.id)) : [];
    targets.forEach((group, index) => {
      this.#explain('phones-ring', { position: index + 1, phones: group.length });
    });
    return this.#done(
      { destination: subscriber.displayName || number, toSubscriberId: subscriber.id },
      this.#ringStages(subscriber, targets),
    );
  }

  /** His phones, and what follows when nobody takes the call: his mailbox if it is open (M-25), else a refusal. */
  #ringStages(subscriber: Subscriber, targets: readonly (readonly T[])[]): Stage<T>[] {
    const { id, number, doNotDisturb } = subscriber;
    const unreachable = doNotDisturb ? 'do-not-disturb' : 'not-registered';
    const ring: Ring<T> = {
      kind: 'ring',
      subscriberId: id,
      aor: `sip:${number}@${subscriber.domain}`,
      targets,
      ringSeconds: this.#directory.settings.ringSeconds,
      onNotRegistered: { refuse: unreachable } satisfies Next,
      onNoAnswer: { refuse: 'no-answer' } satisfies Next,
    };
    if (!this.#hasMailbox(subscriber)) {
      if (targets.length === 0) this.#explainRefusal(unreachable);
      return [ring];
    }
    const mailbox = (why: VoicemailWhy): App => ({ kind: 'app', app: 'voicemail', argument: voicemailArgument(id, why) });
    this.#explain('voicemail-takes', { number, when: targets.length === 0 ? unreachable : 'nobody-answers' });
    return [
      { ...ring, onNotRegistered: { stage: 1 }, onNoAnswer: { stage: 2 }, onBusy: { stage: 3 } },
      mailbox(unreachable),
      mailbox('no-answer'),
      mailbox('busy'),
    ];
  }

  #hasMailbox(subscriber: Subscriber): boolean {
    const { status, groups, takesMessages } = subscriber;
    return this.#context.method !== 'MESSAGE' && status === 'active' && takesMessages && groups.includes('voicemail');
  }

  /** A service of ours; undefined when no code fits what was dialled. */
  #feature(dialled: string): CallPlan<T> | undefined {
    const found = this.#directory.featureCodes.find(dialled);
    if (!found) return undefined;
    const { code, feature: app, description } = found.code;
    const { argument } = found;
    this.#explain('is-feature', { code, feature: app, description });
    if (argument !== undefined) this.#explain('feature-argument', { feature: app, argument });
    return this.#done({ destination: description }, [{ kind: 'app', app, ...(argument !== undefined && { argument }) }]);
  }

  #abroad(e164: string, payer: Subscriber): CallPlan<T> {
    this.#explain('is-international', { e164 });
    const maxSeconds = this.#directory.settings.maxCallSeconds;
    if (!payer.groups.includes('int')) return this.#refuse(payer.selfSignedUp ? 'new-account' : 'not-permitted', { e164 });
    this.#explain('permitted', { group: 'int' });
    const free = payer.groups.includes('free-pstn');
    const found = findRate(this.#directory.tariffs, payer.tariffId, e164, this.#context.now);
    if (free && !(!found.ok && found.code === 'destination-blocked')) {
      // H-6: his calls to gateways cost nothing; a block entry holds for him too.
      this.#explain('free-of-charge', { group: 'free-pstn' });
      return this.#bridge(payer, { e164, destination: found.ok ? found.rate.name : e164 }, { price: null, affordableSeconds: null });
    }
    if (!found.ok) return this.#refuse(found.code, { e164, ...(found.code === 'destination-blocked' && { destination: found.rate.name }) });
    const { rate } = found;
    const known = { e164, destination: rate.name };
    const { prefix, name } = rate;
    if (rate.pricePerMinute === 0 && rate.connectFee === 0) this.#explain('free-rate', { prefix, name });
    else
      this.#explain('rate-found', {
        prefix,
        name,
        pricePerMinute: formatMoney(rate.pricePerMinute),
        connectFee: formatMoney(rate.connectFee),
      });
    const price: PriceQuote = { tariffId: payer.tariffId, rate };
    const credit = this.#creditFor(price, payer.id, maxSeconds);
    if (!credit.ok) return this.#refuse(credit.code, known);
    return this.#bridge(payer, known, { price, affordableSeconds: credit.seconds });
  }

  #creditFor(
    price: PriceQuote,
    payerId: number,
    maxSeconds: number | null,
  ): { ok: true; seconds: number } | { ok: false; code: 'no-credit' | 'daily-cap' } {
    const credit = this.#context.credit(payerId);
    if (!credit) return { ok: false, code: 'no-credit' };
    const seconds = (available: Micros) => affordableSeconds(price.rate, available, maxSeconds ?? undefined);
    const byBalance = seconds(credit.available);
    if (!byBalance.ok) return { ok: false, code: 'no-credit' };
    const byDay = credit.dailyLeft === null ? byBalance : seconds(credit.dailyLeft);
    if (!byDay.ok) return { ok: false, code: 'daily-cap' };
    const { seconds: lasts } = byBalance.seconds < byDay.seconds ? byBalance : byDay;
    this.#explain('credit-enough', { available: formatMoney(credit.available), seconds: lasts });
    return { ok: true, seconds: lasts };
  }

  #bridge(payer: Subscriber, known: { e164: string; destination: string }, paid: Pick<Bridge, 'price' | 'affordableSeconds'>): CallPlan<T> {
    const { maxCallSeconds: maxSeconds } = this.#directory.settings;
    const { gatewayCalls, gatewayHealthy } = this.#context;
    const { chosen, busy, avoided } = chooseGateways(known.e164, this.#directory.gateways(), gatewayCalls, gatewayHealthy);
    for (const { id, name } of busy) this.#explain('gateway-busy', { name, calls: gatewayCalls(id) });
    for (const { name } of avoided) this.#explain('gateway-avoided', { name });
    if (chosen.length === 0) return this.#refuse(busy.length > 0 ? 'gateways-busy' : 'no-gateway', known);
    const gateways = chosen.map((gateway) => ({ gatewayId: gateway.id, requestUser: requestUser(gateway, known.e164) }));
    chosen.forEach(({ name }, index) => {
      this.#explain('gateway-chosen', { position: index + 1, name, sends: gateways[index]?.requestUser ?? '' });
    });
    const stage: Stage<T> = { kind: 'bridge', gateways, ...paid, payerId: payer.id, maxSeconds, onFailed: { refuse: 'gateways-failed' } };
    return this.#done(known, [stage]);
  }

  #refuse(code: RefusalCode, known: Partial<CallPlan<T>> = {}): CallPlan<T> {
    this.#explainRefusal(code);
    return this.#done(known, [{ kind: 'reject', code, ...refusals[code] }]);
  }

  #done(known: Partial<CallPlan<T>>, stages: readonly Stage<T>[]): CallPlan<T> {
    return { ...known, stages, explanation: this.#steps };
  }

  #explainCaller(): void {
    const { from } = this.#context;
    if (from.kind === 'subscriber') this.#explain('from-subscriber', { number: from.subscriber.number, name: from.subscriber.displayName });
    else if (from.kind === 'gateway') this.#explain('from-gateway', { name: from.gateway.name });
    else this.#explain('from-stranger', {});
  }

  #explainRefusal(code: RefusalCode): void {
    this.#explain('refused', { code, ...refusals[code] });
  }

  #explain(code: StepCode, params: Step['params']): void {
    this.#steps.push({ code, params });
  }
}

/** Contacts with the same q ring at the same time, higher q first (RFC 3261 16.6). */
function groupsByQ<T extends ContactTarget>(contacts: readonly T[]): T[][] {
  const groups = new Map<number, T[]>();
  for (const contact of contacts) {
    const group = groups.get(contact.q);
    if (group) group.push(contact);
    else groups.set(contact.q, [contact]);
  }
  return [...groups.entries()].sort(([a], [b]) => b - a).map(([, group]) => group);
}
