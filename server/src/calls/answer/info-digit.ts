import type { SipRequest } from '../../sip/message/index.ts';

/** The digit in an INFO: `Signal=5` of application/dtmf-relay, or the bare digit of application/dtmf. undefined: none of these. */
export function digitOfInfo(info: SipRequest): string | undefined {
  const type = (info.get('Content-Type') ?? '').toLowerCase();
  const text = info.body.toString('latin1');
  if (type.startsWith('application/dtmf-relay')) return /^\s*Signal\s*=\s*([0-9*#A-D])\s*$/im.exec(text)?.[1]?.toUpperCase();
  if (!type.startsWith('application/dtmf')) return undefined;
  const digit = text.trim().toUpperCase();
  // Some write the event number of RFC 4733: 10 is *, 11 is #.
  if (/^\d{1,2}$/.test(digit)) return '0123456789*#ABCD'[Number(digit)];
  return /^[*#A-D]$/.test(digit) ? digit : undefined;
}
