import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Who relays media in the bench: a process of its own, kept to one core. */
export interface RelayTarget {
  readonly name: string;
  /** UDP ports it relays by. */
  readonly range: { readonly first: number; readonly last: number };
  /**
   * Relays a call between two session descriptions.
   * @param sendsFromElsewhere both phones: their media goes where their description says, wherever they send from
   * @returns what each phone gets: the offer as the callee sees it, the answer as the caller sees it
   */
  connect(offer: Buffer, answer: Buffer, sendsFromElsewhere: boolean): Promise<{ offer: Buffer; answer: Buffer }>;
  /** Ends all calls. */
  disconnect(): Promise<void>;
  /** CPU time of all its threads since its start, us. */
  cpu(): number;
  stop(): Promise<void>;
}

const cores = availableParallelism();
/** The first word of a command line that stays on the last core; on a machine with one there is nothing to choose. */
export const onRelayCore = cores > 1 ? ['taskset', '-c', String(cores - 1)] : [];

/** Keeps this process, which makes the load, off that core. */
export function leaveRelayCore(): void {
  if (cores > 1) execFileSync('taskset', ['-a', '-p', '-c', `0-${cores - 2}`, String(process.pid)], { stdio: 'ignore' });
}
