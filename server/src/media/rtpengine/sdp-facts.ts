import { parseSdp, readable } from '../../sip/message/index.ts';

export interface SdpFacts {
  /** Some medium is encrypted: SDES (RFC 4568) or DTLS (RFC 5763). */
  readonly secure: boolean;
  /** ICE candidates are offered (RFC 8839). */
  readonly ice: boolean;
  /** No medium is to be sent to whoever wrote this, or by him. */
  readonly onHold: boolean;
}

/** What decides which engine can carry a session. Of a text that is no SDP nothing is said: the engine will refuse it. */
export function describes(sdp: string): SdpFacts {
  const session = readable(() => parseSdp(sdp));
  const live = session?.media.filter(({ port }) => port !== 0) ?? [];
  return {
    secure: live.some(({ proto }) => proto.includes('SAVP')),
    ice: (session?.media ?? []).some((medium) => medium.attributes('candidate').length > 0),
    onHold: live.every((medium) => medium.direction !== 'sendrecv' || medium.effectiveConnection?.address === '0.0.0.0'),
  };
}
