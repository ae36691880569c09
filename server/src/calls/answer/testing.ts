import type {
  CollectOptions,
  Endpoint,
  EndpointOrder,
  MediaServices,
  Playable,
  Played,
  PlayOptions,
  Recorded,
} from '../../media/endpoint/endpoint.ts';
import type { Prompts } from './app-call.ts';

/** Media that takes note of what it is told. Plays last until the test ends them, unless `quick`. */
export class FakeEndpoint implements Endpoint {
  readonly id: string;
  readonly callId: string;
  readonly order: EndpointOrder;
  readonly heard: string[] = [];
  /** What collect() gives, one after the other; when there is none it waits. */
  typed: string[] = [];
  quick = true;
  refuses = false;
  closed = false;
  onDigit: (digit: string) => void = () => undefined;
  onSilence: (seconds: number) => void = () => undefined;
  onLost: (why: string) => void = () => undefined;
  #ends: ((ended: 'done' | 'stopped' | 'closed') => void)[] = [];

  constructor(id: string, order: EndpointOrder) {
    this.id = id;
    this.callId = order.callId;
    this.order = order;
  }

  async answer(offer: Buffer): Promise<Buffer | undefined> {
    this.heard.push(`answer ${firstLine(offer)}`);
    return this.refuses ? undefined : Buffer.from('v=0\r\no=server answer\r\n');
  }
  async offer(): Promise<Buffer> {
    return Buffer.from('v=0\r\no=server offer\r\n');
  }
  async accept(answer: Buffer): Promise<boolean> {
    this.heard.push(`accept ${firstLine(answer)}`);
    return !this.refuses;
  }
  play(what: readonly Playable[], options: PlayOptions = {}): Promise<Played> {
    this.heard.push(`play ${what.map(nameOf).filter(Boolean).join(' ')}`);
    if (this.closed) return Promise.resolve({ ended: 'closed' });
    if (this.quick && !options.loop) return Promise.resolve({ ended: 'done' });
    return new Promise((resolve) => this.#ends.push((ended) => resolve({ ended })));
  }
  collect(_options: CollectOptions): Promise<string> {
    const typed = this.typed.shift();
    if (typed !== undefined || this.closed) return Promise.resolve(typed ?? '');
    return new Promise((resolve) => this.#ends.push(() => resolve('')));
  }
  clearDigits(): void {}
  async record(): Promise<Recorded> {
    return { ended: 'stopped', seconds: 0 };
  }
  echo(): void {
    this.heard.push('echo');
  }
  async join(room: string, { muted }: { muted: boolean }): Promise<void> {
    this.heard.push(`join ${room}${muted ? ' muted' : ''}`);
  }
  mute(on: boolean): void {
    this.heard.push(on ? 'mute' : 'unmute');
  }
  leave(): void {
    this.heard.push('leave');
  }
  digit(digit: string): void {
    this.heard.push(`digit ${digit}`);
    this.onDigit(digit);
  }
  stop(): void {
    this.end('stopped');
  }
  close(): void {
    this.closed = true;
    this.end('closed');
  }
  /** What is played comes to its end. */
  end(ended: 'done' | 'stopped' | 'closed' = 'done'): void {
    for (const each of this.#ends.splice(0)) each(ended);
  }
}

export class FakeMedia implements MediaServices {
  healthy = true;
  /** No port is left. */
  full = false;
  quick = true;
  refuses = false;
  typed: string[] = [];
  readonly endpoints: FakeEndpoint[] = [];
  readonly intoRooms: string[] = [];
  onSpeaking: MediaServices['onSpeaking'] = () => undefined;

  async open(order: EndpointOrder): Promise<Endpoint | undefined> {
    if (this.full) return undefined;
    const endpoint = new FakeEndpoint(`e${this.endpoints.length + 1}`, order);
    endpoint.quick = this.quick;
    endpoint.refuses = this.refuses;
    endpoint.typed = [...this.typed];
    this.endpoints.push(endpoint);
    return endpoint;
  }
  async playIntoRoom(room: string, what: readonly Playable[]): Promise<void> {
    this.intoRooms.push(`${room}: ${what.map(nameOf).filter(Boolean).join(' ')}`);
  }
  async stats() {
    const nothing = { packetsIn: 0, packetsOut: 0, dropped: 0, concealed: 0, losses: 0 };
    return { endpoints: this.endpoints.length, rooms: 0, portsOpen: 0, ports: 0, ...nothing };
  }
  async close(): Promise<void> {}
}

/** Each prompt is a file of its name. */
export const fakePrompts: Prompts = {
  say: (_, name) => [{ file: name }],
  number: (_, value) => [{ file: `number:${value}` }],
  digits: (_, text) => [{ file: `digits:${text}` }],
  duration: (_, seconds) => [{ file: `duration:${seconds}` }],
  date: (_, epochMs) => [{ file: `date:${epochMs}` }],
  money: (_, amount) => [{ file: `money:${amount}` }],
  languages: () => ['en', 'es'],
};

const nameOf = (what: Playable): string => ('file' in what ? what.file : 'tone' in what ? `tone:${what.tone.hz.join('+')}` : '');
const firstLine = (sdp: Buffer): string => /^o=(.*)$/m.exec(sdp.toString('latin1'))?.[1]?.trim() ?? '';
