/** The two ends of a relayed call: the one who sent the INVITE, and the one who answers it. */
export type Side = 'caller' | 'callee';

export const otherSide = (side: Side): Side => (side === 'caller' ? 'callee' : 'caller');

/** How one side of a call is reached by media. */
export interface SideMedia {
  /** Textual IP written into the SDP this side gets. */
  readonly advertise: string;
  /** Textual IP to bind; the wildcard of its family where the listener is one. */
  readonly bind: string;
  /** Textual IP its signalling comes from: media from there is believed first. */
  readonly signalling?: string;
  readonly behindNat: boolean;
  /** Sends from elsewhere than it receives (G-42): what it receives goes to the address of its SDP, whatever it sends from. */
  readonly asymmetric: boolean;
}

export interface RelayOrder {
  readonly callId: string;
  readonly sides: Readonly<Record<Side, SideMedia>>;
  /** Silence of both sides after which `onSilence` is called, once answered; null: never. */
  readonly silenceSeconds: number | null;
  readonly record?: RecordOrder;
  /** Something is to be said over it: `play`. */
  readonly speaks?: boolean;
  /** Sides whose media only a translator can carry: encrypted, looking for their way by ICE, or without a codec of ours. */
  readonly translated?: readonly Side[];
  /** The callee is offered nothing but this; else plain media, which he may encrypt (RFC 8643). */
  readonly protection?: Protection;
  /** What the other side is offered has a codec in it that we can hear: for translators. */
  readonly audible?: boolean;
}

/** How media is encrypted: with keys from the session description (SDES, RFC 4568), or agreed on its own path (DTLS-SRTP, RFC 5763). */
export type Protection = 'sdes' | 'dtls';

export interface RecordOrder {
  /** Absolute, ends in .wav; written as stereo, the caller to the left. */
  readonly file: string;
  /** How often both sides hear that they are recorded; null: never. */
  readonly beepEverySeconds: number | null;
}

/** Carries the media of calls. Two exist: ours, and rtpengine. */
export interface RelayEngine {
  readonly name: 'built-in' | 'rtpengine';
  readonly healthy: boolean;
  /** Of each daemon the engine works through, whether it answers; the built-in one has none. */
  readonly nodes?: readonly RelayNode[];
  /** Undefined: no ports are left, or no engine lives (503). */
  open(order: RelayOrder): Promise<RelaySession | undefined>;
  stats(): RelayEngineStats;
  close(): Promise<void>;
}

export interface RelayNode {
  readonly address: { readonly host: string; readonly port: number };
  readonly healthy: boolean;
}

/** The media of one call. Its ports are open until `close`. */
export interface RelaySession {
  /**
   * A session description from this side becomes the one for the other side; the same text gives the same text.
   * Rejects with SdpRefused when it cannot be relayed (488), with another error when the engine lost the session.
   */
  pass(from: Side, sdp: Buffer, kind: 'offer' | 'answer'): Promise<Buffer>;
  /** From now on silence counts. */
  answered(): void;
  /** Says something (sound files, one after the other) over what this side hears. Only ours can, over G.711 and G.722. */
  play?(to: Side, files: readonly string[]): void;
  close(): void;
  /** No valid RTP came from either side for that many seconds, and nobody is on hold. Called once. */
  onSilence: (seconds: number) => void;
  /** The engine lost the session: its worker died, its rtpengine is gone. Called once. */
  onLost: (why: string) => void;
  /** What was received from each side; after `close` the last known figures. */
  stats(): Promise<RelaySessionStats>;
}

/** What was received from one side, over all its media. */
export interface RelaySideStats {
  /** Valid RTP packets that were taken, and their bytes without IP and UDP headers. */
  readonly packets: number;
  readonly bytes: number;
  /** Packets missing by sequence number (RFC 3550 appendix A.3), of the first medium; never negative. */
  readonly lost: number;
  /** Interarrival jitter of the first medium (RFC 3550 section 6.4.1). */
  readonly jitterMs: number;
  /** Dropped: from an address that is not this side's. */
  readonly strangers: number;
  /** Dropped: neither RTP nor RTCP. */
  readonly invalid: number;
  /** "address:port" media of the first medium goes to; undefined while unknown. */
  readonly remote?: string;
}

export type RelaySessionStats = Readonly<Record<Side, RelaySideStats>>;

/** Figures since the engine started, at most a second or so old. */
export interface RelayEngineStats {
  readonly sessions: number;
  readonly portsOpen: number;
  /** How many ports there are to open; 0: only the daemons know. */
  readonly ports: number;
  readonly packets: number;
  readonly bytes: number;
  readonly strangers: number;
  /** How often a worker, or a node of rtpengine, was lost. */
  readonly losses: number;
}

/** A session description that cannot be relayed: answered with 488. The message says why, in words for a Warning header. */
export class SdpRefused extends Error {
  override readonly name = 'SdpRefused';
}
