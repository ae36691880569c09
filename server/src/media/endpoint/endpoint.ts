/**
 * What the answering services (voicemail, conference, announcements ...) ask of the media: one Endpoint a call that the server answers
 * itself. The sound is made and heard in a worker thread; what is here only sends it words. `MediaServicesPool` in this folder implements it.
 */

/** One thing to play. Files are absolute: .wav (PCM 16 bit, 8 or 16 kHz, mono) or .g722 (64 kbit/s); PromptBook finds them by name. */
export type Playable =
  | { readonly file: string }
  /** The frequencies sound together. */
  | { readonly tone: { readonly hz: readonly number[]; readonly ms: number } }
  | { readonly silenceMs: number };

/** Why a play ended: all was played, a digit of `interruptBy` was pressed, stop() was called, or the endpoint is gone. */
export interface Played {
  readonly ended: 'done' | 'digit' | 'stopped' | 'closed';
  readonly digit?: string;
}

export interface PlayOptions {
  /** Digits that end the play, such as '0123456789*#'. What ended it is not given to collect() again. */
  readonly interruptBy?: string;
  /** From the start again until stopped: music on hold. */
  readonly loop?: boolean;
}

export interface CollectOptions {
  /** Most digits to take. */
  readonly max: number;
  /** A digit that ends the input and is not part of it. */
  readonly terminator?: string;
  /** How long the first digit, and each one after it, is waited for. The wait for the first begins when nothing is played any more. */
  readonly firstMs: number;
  readonly betweenMs: number;
}

export interface RecordOptions {
  /** Absolute path of the WAV to write (8 kHz, or 16 kHz where the call has G.722). Its header is right at every moment. */
  readonly file: string;
  readonly maxSeconds: number;
  /** This much silence ends it; it is cut off the end of the file. 0: never. */
  readonly silenceSeconds: number;
  /** Digits that end it. */
  readonly terminators: string;
  /** A tone before it starts. */
  readonly beep: boolean;
}

export interface Recorded {
  readonly ended: 'digit' | 'silence' | 'limit' | 'stopped' | 'closed' | 'failed';
  /** Length of what is in the file. */
  readonly seconds: number;
  readonly digit?: string;
}

export interface EndpointOrder {
  readonly callId: string;
  /** Textual IP written into our session descriptions. */
  readonly advertise: string;
  /** Textual IP to bind; the wildcard of its family where the listener is one. */
  readonly bind: string;
  /** No RTP for so long: onSilence. null: never. */
  readonly silenceSeconds: number | null;
  /** Textual IP the signalling comes from: media from there is believed first. */
  readonly signalling?: string;
  /** The caller's media may come from elsewhere than its SDP says: we send to where its RTP comes from. */
  readonly behindNat?: boolean;
  /** Sends from elsewhere than it receives: what it receives goes to the address of its SDP. */
  readonly asymmetric?: boolean;
}

/** The media of one call that the server answers itself. All promises settle; after close() with 'closed', '' or undefined. */
export interface Endpoint {
  readonly id: string;
  readonly callId: string;
  /** Answers an offer; again for each re-INVITE or UPDATE. undefined: nothing in common (488). */
  answer(offer: Buffer): Promise<Buffer | undefined>;
  /** Our offer, for an INVITE that brought none, and the answer to it (in ACK or PRACK). accept() is false when it cannot be used. */
  offer(): Promise<Buffer>;
  accept(answer: Buffer): Promise<boolean>;

  /** Plays one thing after the other. A play that is on its way is stopped first. */
  play(what: readonly Playable[], options?: PlayOptions): Promise<Played>;
  /**
   * Digits in the order typed; those typed before, during a play for instance, count. Ends with what there is when the time is up. A play that
   * goes on ends ('digit') with the first one.
   */
  collect(options: CollectOptions): Promise<string>;
  /** Forgets digits typed so far. */
  clearDigits(): void;
  record(options: RecordOptions): Promise<Recorded>;
  /** Sends back what is heard, digits too: by RFC 4733, or as tones where that was not agreed. Until stop(). */
  echo(): void;
  /** Into a conference room; leaves the one it was in. A play goes on being heard by this one only. */
  join(room: string, options: { readonly muted: boolean }): Promise<void>;
  mute(on: boolean): void;
  leave(): void;
  /** A digit that came by SIP INFO. */
  digit(digit: string): void;
  /** Ends play, record and echo. */
  stop(): void;
  /** Frees the ports. */
  close(): void;

  /** Every digit, as it is pressed. */
  onDigit: (digit: string) => void;
  onSilence: (seconds: number) => void;
  /** The worker died: this endpoint is gone. */
  onLost: (why: string) => void;
}

/** Figures since the worker started. */
export interface MediaServicesStats {
  readonly endpoints: number;
  readonly rooms: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  /** Packets that were not RTP, or from a stranger. */
  readonly dropped: number;
  /** Frames that had to be made up because their packet did not come in time. */
  readonly concealed: number;
  readonly portsOpen: number;
  /** How many ports there are to open. */
  readonly ports: number;
  /** How often the worker was lost, and all endpoints with it. */
  readonly losses: number;
}

/** All endpoints of the server. */
export interface MediaServices {
  readonly healthy: boolean;
  /** undefined: no ports left, or the worker is being restarted (503). */
  open(order: EndpointOrder): Promise<Endpoint | undefined>;
  /** Heard by everybody in the room; several are played one after the other. Resolves when it was played, or the room is empty. */
  playIntoRoom(room: string, what: readonly Playable[]): Promise<void>;
  /** Who speaks in a room right now (ids of endpoints); called when that changes. */
  onSpeaking: (room: string, endpoints: readonly string[]) => void;
  stats(): Promise<MediaServicesStats>;
  close(): Promise<void>;
}
