import type { CollectOptions, Endpoint, Playable, Played, PlayOptions, Recorded, RecordOptions } from './endpoint.ts';
import type { MediaServicesPool } from './media-services.ts';

const CLOSED = { ended: 'closed' } as const;

/** An endpoint of the worker, as the main thread sees it. */
export class RemoteEndpoint implements Endpoint {
  readonly id: string;
  readonly callId: string;
  onDigit: (digit: string) => void = () => {};
  onSilence: (seconds: number) => void = () => {};
  onLost: (why: string) => void = () => {};

  private readonly services: MediaServicesPool;
  private closed = false;

  constructor(id: string, callId: string, services: MediaServicesPool) {
    this.id = id;
    this.callId = callId;
    this.services = services;
  }

  async answer(offer: Buffer): Promise<Buffer | undefined> {
    const sdp = await this.services.ask('answer', { endpoint: this.id, sdp: offer }).catch(() => undefined);
    return sdp && Buffer.from(sdp);
  }

  async offer(): Promise<Buffer> {
    return Buffer.from(await this.services.ask('offer', { endpoint: this.id }));
  }

  accept(answer: Buffer): Promise<boolean> {
    return this.services.ask('accept', { endpoint: this.id, sdp: answer }).catch(() => false);
  }

  play(what: readonly Playable[], options: PlayOptions = {}): Promise<Played> {
    return this.services.ask('play', { endpoint: this.id, what, options }).catch(() => CLOSED);
  }

  collect(options: CollectOptions): Promise<string> {
    return this.services.ask('collect', { endpoint: this.id, options }).catch(() => '');
  }

  clearDigits(): void {
    this.services.tell({ type: 'clearDigits', endpoint: this.id });
  }

  record(options: RecordOptions): Promise<Recorded> {
    return this.services.ask('record', { endpoint: this.id, options }).catch(() => ({ ...CLOSED, seconds: 0 }));
  }

  echo(): void {
    this.services.tell({ type: 'echo', endpoint: this.id });
  }

  async join(room: string, { muted }: { readonly muted: boolean }): Promise<void> {
    await this.services.ask('join', { endpoint: this.id, room, muted }).catch(() => {});
  }

  mute(on: boolean): void {
    this.services.tell({ type: 'mute', endpoint: this.id, on });
  }

  leave(): void {
    this.services.tell({ type: 'leave', endpoint: this.id });
  }

  digit(digit: string): void {
    this.services.tell({ type: 'digit', endpoint: this.id, digit });
  }

  stop(): void {
    this.services.tell({ type: 'stop', endpoint: this.id });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.services.tell({ type: 'close', endpoint: this.id });
  }

  /** Of the services: the worker is gone, and this with it. */
  lost(why: string): void {
    if (this.closed) return;
    this.closed = true;
    this.onLost(why);
  }
}
