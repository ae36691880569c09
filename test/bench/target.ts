import { freePort } from '../support/ports.ts';

/** What a person wants measured. */
export interface Wish {
  /** How often each thing is measured. */
  runs: number;
  /** Calls a second. */
  rates: number[];
  wanted: (part: string) => boolean;
}

/** Subscribers of a bench: numbers, passwords and the group `int` are the same for whoever serves them. */
export const subscribers = 10_000;
export const number = (n: number): string => String(100_000 + n);
export const password = (n: number): string => `pw-${n}`;
/** One more, for the probe. */
export const prober = { user: '99', password: 'probe' };

/** Loopback ports that stand for gateways; the calls of the load to 0044 and 0045, those of the probe to 0046. */
export interface GatewayPorts {
  '44': number;
  '45': number;
  '46': number;
}

export async function freeGatewayPorts(): Promise<GatewayPorts> {
  return { '44': await freePort(), '45': await freePort(), '46': await freePort() };
}

/** A SIP server under load: it knows the subscribers and sends 0044, 0045 and 0046 to the gateways, without the 00. */
export interface Target {
  readonly name: string;
  readonly sipPort: number;
  /** CPU time since the start of everything that belongs to the server, in microseconds, by program. */
  cpu(): Record<string, number>;
  /** How long the server may put off writing a binding to disk, ms. */
  readonly bindingDelayMs: number;
  /** Ended calls with a record, so far: for what has no record was not served. */
  records(): Promise<number>;
  stop(): Promise<void>;
}

/** CPU microseconds by program that each of `count` things took. */
export function costOf(before: Record<string, number>, after: Record<string, number>, count: number): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([program, cpu]) => [program, (cpu - (before[program] ?? 0)) / count]));
}

export const sum = (cost: Record<string, number>): number => Object.values(cost).reduce((total, part) => total + part, 0);
