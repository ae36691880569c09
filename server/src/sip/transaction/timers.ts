/** The base values every SIP timer derives from, in ms (RFC 3261 table 4), and Timer C (16.6 item 11). */
export interface SipTimers {
  t1: number;
  t2: number;
  t4: number;
  timerC: number;
  /** How long an INVITE waits for its first response from the transaction user before a 100 goes out by itself (RFC 3261 17.2.1). */
  trying: number;
}

export const DEFAULT_TIMERS: Readonly<SipTimers> = { t1: 500, t2: 4_000, t4: 5_000, timerC: 185_000, trying: 200 };
