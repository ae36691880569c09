import { q850Causes, type RefusalCode, refusals } from '../routing/refusals.ts';
import type { ServerTransaction } from '../sip/transaction/index.ts';

/**
 * Refuses with words: the phrase that phones show, Reason (RFC 3326) for those that read it and for the telephone network, and Warning 399 (RFC 3261 20.43), which
 * says what to do.
 */
export function refuse(tx: ServerTransaction, code: RefusalCode, domain: string): void {
  const { status, reason } = refusals[code];
  tx.reply(status, reason, refusalHeaders(code, domain));
}

export function refusalHeaders(code: RefusalCode, domain: string): [string, string][] {
  const { status, reason, text } = refusals[code];
  return [
    ['Reason', `SIP;cause=${status};text="${reason}"`],
    ['Reason', `Q.850;cause=${q850Causes[code]};text="${reason}"`],
    ['Warning', `399 ${domain} "${text}"`],
  ];
}
