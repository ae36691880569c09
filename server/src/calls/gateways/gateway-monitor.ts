import type { Directory } from '../../directory/directory.ts';
import type { Gateway } from '../../directory/types.ts';

export type ProbeState = 'unknown' | 'up' | 'down';
export type RegistrationState = 'off' | 'trying' | 'registered' | 'failed';

export interface GatewayStatus {
  readonly gatewayId: number;
  readonly probe: ProbeState;
  /** Round trip of the last OPTIONS answered, ms. */
  readonly rttMs: number | null;
  readonly registration: RegistrationState;
  /** SIP status or words of the last failure; empty when there was none. */
  readonly lastError: string;
  /** Epoch ms until which it is passed over when another is there; null = it is not. */
  readonly avoidedUntil: number | null;
  /** Epoch ms of the last change of this status. */
  readonly changedAt: number;
}

type Facts = Pick<GatewayStatus, 'probe' | 'rttMs' | 'registration' | 'lastError' | 'avoidedUntil'>;

/** A gateway that timed out or answered 503 is passed over for so long (O-125). */
export const AVOID_MS = 4 * 60_000;

const fresh: Facts = { probe: 'unknown', rttMs: null, registration: 'off', lastError: '', avoidedUntil: null };

/** What is known of each gateway's health: from probes, registration and calls. */
export class GatewayMonitor {
  readonly #now: () => number;
  readonly #status = new Map<number, GatewayStatus>();
  readonly #listeners = new Set<(status: GatewayStatus) => void>();
  /** Epoch ms of the last call that got an answer. */
  readonly #worked = new Map<number, number>();

  /** @param now wall clock, epoch ms */
  constructor(directory: Directory, now: () => number) {
    this.#now = now;
    directory.onChange(({ kind, action, id }) => {
      if (kind !== 'gateway') return;
      // Other address, other password: what was known of it counts no more.
      this.#status.delete(Number(id));
      this.#worked.delete(Number(id));
      if (action === 'upsert') this.#set(Number(id), {});
    });
  }

  status(gatewayId: number): GatewayStatus {
    return this.#status.get(gatewayId) ?? { gatewayId, ...fresh, changedAt: 0 };
  }

  /** May calls be sent to it? False while it is avoided or did not answer its last probe. */
  isHealthy(gatewayId: number): boolean {
    const status = this.#status.get(gatewayId);
    if (!status) return true;
    if (status.avoidedUntil !== null && status.avoidedUntil > this.#now()) return false;
    return status.probe !== 'down' && status.registration !== 'failed';
  }

  /**
   * A call to it ended in this status: 408 for silence, 503, or 5xx and 6xx that say nothing of its health.
   * @param fault why nothing could be sent
   */
  callFailed(gatewayId: number, status: number, fault?: string): void {
    if (status !== 408 && status !== 503) return;
    this.#set(gatewayId, {
      avoidedUntil: this.#now() + AVOID_MS,
      lastError: fault ?? (status === 408 ? 'no answer to a call' : 'a call was answered with 503'),
    });
  }

  callWorked(gatewayId: number): void {
    this.#worked.set(gatewayId, this.#now());
    if (this.status(gatewayId).avoidedUntil !== null) this.#set(gatewayId, { avoidedUntil: null, lastError: '' });
  }

  /** Did a call to it get an answer within the last `ms`? Then it need not be asked whether it lives. */
  workedWithin(gatewayId: number, ms: number): boolean {
    const at = this.#worked.get(gatewayId);
    return at !== undefined && this.#now() - at < ms;
  }

  /** Any answer shows that it lives, but 503 shows that it does not want to. */
  probed(gateway: Gateway, answer: { readonly status: number; readonly rttMs: number } | undefined, fault?: string): void {
    if (!answer) this.#set(gateway.id, { probe: 'down', rttMs: null, lastError: fault ?? 'no answer to OPTIONS' });
    else if (answer.status === 503)
      this.#set(gateway.id, { probe: 'down', rttMs: answer.rttMs, lastError: 'OPTIONS was answered with 503' });
    else {
      const recovered = this.status(gateway.id).probe === 'down';
      this.#set(gateway.id, { probe: 'up', rttMs: answer.rttMs, ...(recovered && { lastError: '', avoidedUntil: null }) });
    }
  }

  registration(gatewayId: number, state: RegistrationState, error = ''): void {
    this.#set(gatewayId, { registration: state, ...(state === 'registered' ? { lastError: '' } : error !== '' && { lastError: error }) });
  }

  onChange(listener: (status: GatewayStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(gatewayId: number, facts: Partial<Facts>): void {
    const before = this.status(gatewayId);
    const after = { ...before, ...facts };
    const changed = (Object.keys(facts) as (keyof Facts)[]).some((name) => name !== 'rttMs' && before[name] !== after[name]);
    const known = this.#status.has(gatewayId);
    this.#status.set(gatewayId, changed || !known ? { ...after, changedAt: this.#now() } : after);
    if (!changed && known) return;
    for (const listener of this.#listeners) listener(this.status(gatewayId));
  }
}
