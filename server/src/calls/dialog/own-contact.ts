import type { SipRequest } from '../../sip/message/index.ts';
import type { TransactionLayer } from '../../sip/transaction/index.ts';

/** Our Contact in a dialog that the sender of this INVITE began: the user he called, at the listener he reached. */
export function ownContact({ transport }: TransactionLayer, { source, uri }: SipRequest): string {
  const { sentBy } = transport.viaFor({ ...source!, localHint: source!.local });
  const through = source!.protocol === 'udp' ? '' : `;transport=${source!.protocol}`;
  return `<sip:${uri.user === undefined ? '' : `${encodeURIComponent(uri.user)}@`}${sentBy}${through}>`;
}
