import { type RefusalCode, refusals } from '../routing/refusals.ts';
import type { ServerTransaction } from '../sip/transaction/index.ts';

/**
 * Refuses with words: the phrase that phones show, Reason (RFC 3326) for those that read it, and Warning 399 (RFC 3261 20.43), which
 * says what to do.
 */
export function refuse(tx: ServerTransaction, code: RefusalCode, domain: string): void {
  const { status, reason, text } = refusals[code];
  tx.reply(status, reason, refusalHeaders(status, reason, text, domain));
}

export function refusalHeaders(status: number, reason: string, text: string, domain: string): [string, string][] {
  return [
    ['Reason', `SIP;cause=${status};text="${reason}"`],
    ['Warning', `399 ${domain} "${text}"`],
  ];
}
