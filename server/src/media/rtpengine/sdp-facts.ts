import { parseSdp, readable } from '../../sip/message/index.ts';

export interface SdpFacts {
  /** Some medium is encrypted: SDES (RFC 4568) or DTLS (RFC 5763). */
  readonly secure: boolean;
  /** It has a certificate to agree on keys with, as DTLS does (RFC 5763). */
  readonly keyed: boolean;
  /** The transport of its first medium that is not refused, such as RTP/SAVP; undefined: there is none. */
  readonly proto: string | undefined;
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
    keyed: /^a=fingerprint:/m.test(sdp),
    proto: live.find(({ proto }) => proto.includes('RTP/'))?.proto,
    secure: live.some(({ proto }) => proto.includes('SAVP')),
    ice: (session?.media ?? []).some((medium) => medium.attributes('candidate').length > 0),
    onHold: live.every((medium) => medium.direction !== 'sendrecv' || medium.effectiveConnection?.address === '0.0.0.0'),
  };
}
