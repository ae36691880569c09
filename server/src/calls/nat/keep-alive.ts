import type { Directory } from '../../directory/directory.ts';
import type { Binding } from '../../registrar/binding.ts';
import type { Registrar } from '../../registrar/registrar.ts';
import { createRequest, type SipResponse } from '../../sip/message/index.ts';
import type { Locator } from '../../sip/proxy/index.ts';
import { token } from '../../sip/token.ts';
import type { Cancel, TransactionLayer } from '../../sip/transaction/index.ts';
import { phoneTarget } from '../phone-target.ts';

/** What the questions to a phone have shown. */
export interface PhoneHealth {
  /** Round trip of the last answer, ms; null: none yet. */
  readonly rttMs: number | null;
  /** It has not answered the last questions, or there is no way to it. */
  readonly unreachable: boolean;
}

export interface KeepAliveStats {
  /** Phones that are asked now, and those of them that do not answer. */
  readonly phones: number;
  readonly unreachable: number;
  readonly sent: number;
  readonly answered: number;
}

interface Asked {
  rttMs: number | null;
  /** Questions in a row without an answer. */
  missed: number;
  seq: number;
  sentAt: number;
  /** Branch of the question that waits for its answer. */
  open: string | undefined;
}

const TICK_MS = 250;
/** One datagram may get lost. */
const UNREACHABLE_AFTER = 2;
const BRANCH = 'z9hG4bKalive-';

/**
 * Keeps the way to phones behind NAT open: an OPTIONS every `keepAliveSeconds` (O-155), as the answer from inside is what makes a router keep
 * its mapping. Any answer is a sign of life. The phones are spread over the interval, so that ten thousand of them are some eighty
 * questions a tick and never a burst. A question has no transaction and is not repeated: the next one comes anyway.
 */
export class KeepAlive {
  readonly #directory: Directory;
  readonly #registrar: Registrar;
  readonly #locator: Locator;
  readonly #transactions: TransactionLayer;
  readonly #asked = new Map<number, Asked>();
  readonly #listeners = new Set<(binding: Binding) => void>();
  readonly #salt = token(10);
  /** Ids of the phones whose turn is at the same tick. */
  #slots: Set<number>[] = [];
  #turn = 0;
  #sent = 0;
  #answered = 0;
  #leave: (() => void)[] = [];
  #nextTick: Cancel = () => undefined;

  constructor(o: { directory: Directory; registrar: Registrar; locator: Locator; transactions: TransactionLayer }) {
    this.#directory = o.directory;
    this.#registrar = o.registrar;
    this.#locator = o.locator;
    this.#transactions = o.transactions;
    o.transactions.onLooseResponse = (response) => this.#receive(response);
  }

  start(): void {
    this.#arrange();
    this.#leave = [
      this.#registrar.onChange(({ action, binding }) => {
        if (action === 'added' || action === 'refreshed') this.#enlist(binding);
        else this.#forget(binding.id);
      }),
      this.#directory.onChange(({ kind }) => {
        if (kind === 'settings' && this.#slots.length !== this.#wantedSlots) this.#arrange();
      }),
    ];
    this.#tick();
  }

  stop(): void {
    for (const leave of this.#leave) leave();
    this.#nextTick();
  }

  /** Told when a phone became reachable or unreachable. */
  onChange(listener: (binding: Binding) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** undefined: this phone is not asked. */
  healthOf(bindingId: number): PhoneHealth | undefined {
    const asked = this.#asked.get(bindingId);
    return asked && { rttMs: asked.rttMs, unreachable: isUnreachable(asked) };
  }

  get stats(): KeepAliveStats {
    let unreachable = 0;
    for (const asked of this.#asked.values()) if (isUnreachable(asked)) unreachable++;
    return { phones: this.#asked.size, unreachable, sent: this.#sent, answered: this.#answered };
  }

  get #wantedSlots(): number {
    return (this.#directory.settings.keepAliveSeconds * 1000) / TICK_MS;
  }

  #arrange(): void {
    this.#slots = Array.from({ length: this.#wantedSlots }, () => new Set());
    this.#turn = 0;
    this.#asked.clear();
    for (const binding of this.#registrar.list()) this.#enlist(binding);
  }

  #enlist(binding: Binding): void {
    const slot = this.#slots[binding.id % this.#slots.length];
    if (!slot || !isKeptOpen(binding)) {
      this.#forget(binding.id);
      return;
    }
    slot.add(binding.id);
    const asked = this.#asked.get(binding.id);
    if (!asked) this.#asked.set(binding.id, { rttMs: null, missed: 0, seq: 0, sentAt: 0, open: undefined });
    // A REGISTER that has just come is as good as an answer.
    else this.#heard(binding, asked);
  }

  #forget(id: number): void {
    if (this.#asked.delete(id)) this.#slots[id % this.#slots.length]?.delete(id);
  }

  #tick(): void {
    const slot = this.#slots[this.#turn];
    this.#turn = (this.#turn + 1) % Math.max(1, this.#slots.length);
    if (slot) for (const id of slot) this.#ask(id);
    this.#nextTick = this.#transactions.clock.after(TICK_MS, () => this.#tick());
  }

  #ask(id: number): void {
    const binding = this.#registrar.binding(id);
    const asked = this.#asked.get(id);
    if (!binding || !asked) return;
    const way = phoneTarget(binding, this.#locator)?.target;
    if (asked.open !== undefined || !way) this.#missed(binding, asked, way ? 1 : UNREACHABLE_AFTER);
    if (!way) return;
    const branch = `${BRANCH}${id.toString(36)}-${token(12)}`;
    const pinger = `<sip:pinger@${this.#directory.settings.domain}>`;
    const request = createRequest('OPTIONS', binding.contact, [
      ['Max-Forwards', '70'],
      ['From', `${pinger};tag=${this.#salt}`],
      ['To', `<${binding.contact}>`],
      ['Call-ID', `alive-${id.toString(36)}-${this.#salt}`],
      ['CSeq', `${++asked.seq} OPTIONS`],
    ]);
    asked.open = branch;
    asked.sentAt = this.#transactions.clock.now();
    this.#sent++;
    this.#transactions.sendOnce(request, way, { branch });
  }

  #receive(response: SipResponse): boolean {
    const branch = response.topVia?.branch;
    if (!branch?.startsWith(BRANCH)) return false;
    const id = Number.parseInt(branch.slice(BRANCH.length), 36);
    const asked = this.#asked.get(id);
    const binding = this.#registrar.binding(id);
    if (asked?.open !== branch || !binding) return true;
    asked.rttMs = Math.round((this.#transactions.clock.now() - asked.sentAt) * 10) / 10;
    this.#answered++;
    this.#heard(binding, asked);
    return true;
  }

  #heard(binding: Binding, asked: Asked): void {
    const was = isUnreachable(asked);
    asked.open = undefined;
    asked.missed = 0;
    if (was) this.#tell(binding);
  }

  #missed(binding: Binding, asked: Asked, count: number): void {
    const was = isUnreachable(asked);
    asked.missed += count;
    asked.open = undefined;
    if (!was && isUnreachable(asked)) this.#tell(binding);
  }

  #tell(binding: Binding): void {
    for (const listener of this.#listeners) listener(binding);
  }
}

const isUnreachable = ({ missed }: Asked): boolean => missed >= UNREACHABLE_AFTER;

/** Behind a proxy the way in is the proxy's business. */
const isKeptOpen = ({ nat, flow, path }: Binding): boolean => path.length === 0 && (nat || flow !== undefined);
