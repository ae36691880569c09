import { PortPool, type PortRange } from '../ports/port-pool.ts';
import type { HostStats, ServiceAnswers, ServiceCommand, ServiceOrder, ServiceReport, ServiceRequest } from './messages.ts';
import { Room } from './room.ts';
import { MediaSession } from './session.ts';
import { SoundFiles } from './sound-files.ts';
import { Ticker } from './ticker.ts';

type Answer = ServiceAnswers[keyof ServiceAnswers];

/** All endpoints and rooms of the worker, and the one timer they have in common. */
export class EndpointHost {
  private readonly report: (report: ServiceReport) => void;
  private readonly pool: PortPool;
  private readonly files = new SoundFiles();
  private readonly sessions = new Map<string, MediaSession>();
  private readonly rooms = new Map<string, Room>();
  private readonly ticker = new Ticker(() => this.tick());
  /** Of endpoints that are closed. */
  private readonly past = { packetsIn: 0, packetsOut: 0, dropped: 0, concealed: 0 };

  constructor(range: PortRange, report: (report: ServiceReport) => void) {
    this.pool = new PortPool(range);
    this.report = report;
  }

  handle(command: ServiceCommand): void {
    if (!('request' in command)) {
      this.carryOut(command);
      return;
    }
    const { request } = command;
    this.fulfil(command).then(
      (answer) => this.report({ type: 'done', request, answer }),
      (error: Error) => this.report({ type: 'failed', request, why: error.message }),
    );
  }

  private async fulfil(command: Exclude<ServiceCommand, ServiceOrder>): Promise<Answer> {
    if (command.type === 'stats') return this.stats();
    if (command.type === 'playIntoRoom') {
      await this.rooms.get(command.room)?.announce(command.what);
      return undefined;
    }
    if (command.type === 'open') return this.open(command);
    const session = this.sessions.get(command.endpoint);
    if (session === undefined) throw new Error('the endpoint is closed');
    switch (command.type) {
      case 'answer':
        return session.answer(command.sdp);
      case 'offer':
        return session.offer();
      case 'accept':
        return session.accept(command.sdp);
      case 'play':
        return session.play(command.what, command.options);
      case 'collect':
        return session.collect(command.options);
      case 'record':
        return session.record(command.options);
      case 'join':
        this.join(session, command.room, command.muted);
        return undefined;
    }
  }

  private carryOut(order: ServiceOrder): void {
    const session = this.sessions.get(order.endpoint);
    if (session === undefined) return;
    switch (order.type) {
      case 'clearDigits':
        session.clearDigits();
        break;
      case 'echo':
        session.echo();
        break;
      case 'mute':
        session.room?.mute(session.id, order.on);
        break;
      case 'leave':
        this.leave(session);
        break;
      case 'digit':
        session.digit(order.digit, 'info');
        break;
      case 'stop':
        session.stop();
        break;
      case 'close':
        this.close(session);
        break;
    }
  }

  private async open({ endpoint, order }: Extract<ServiceRequest, { type: 'open' }>): Promise<boolean> {
    const session = new MediaSession(endpoint, order, {
      files: this.files,
      onDigit: (digit) => this.report({ type: 'digit', endpoint, digit }),
      onSilence: (seconds) => this.report({ type: 'silence', endpoint, seconds }),
      onFault: (what) => this.fault(what),
    });
    if (!(await session.open(this.pool))) return false;
    this.sessions.set(endpoint, session);
    this.ticker.start();
    return true;
  }

  private join(session: MediaSession, name: string, muted: boolean): void {
    this.leave(session);
    let room = this.rooms.get(name);
    if (room === undefined) {
      room = new Room(
        this.files,
        (endpoints) => this.report({ type: 'speaking', room: name, endpoints }),
        (what) => this.fault(what),
      );
      this.rooms.set(name, room);
    }
    room.add(session, muted);
    session.room = room;
  }

  private leave(session: MediaSession): void {
    const { room } = session;
    session.room = undefined;
    room?.remove(session.id);
    if (room?.empty) for (const [name, other] of this.rooms) if (other === room) this.rooms.delete(name);
  }

  private close(session: MediaSession): void {
    this.leave(session);
    this.sessions.delete(session.id);
    session.close();
    addFigures(this.past, session.figures);
    if (this.sessions.size === 0) this.ticker.stop();
  }

  private tick(): void {
    const now = performance.now();
    for (const session of this.sessions.values()) this.guarded(session, () => session.listen(now));
    for (const room of this.rooms.values()) room.mix();
    for (const session of this.sessions.values()) this.guarded(session, () => session.speak());
  }

  /** What goes wrong in one call ends that one, not the others. */
  private guarded(session: MediaSession, step: () => void): void {
    try {
      step();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.fault(error instanceof Error ? (error.stack ?? why) : why);
      this.close(session);
      this.report({ type: 'lost', endpoint: session.id, why });
    }
  }

  private fault(what: string): void {
    this.report({ type: 'fault', what });
  }

  private stats(): HostStats {
    const figures = { ...this.past };
    for (const session of this.sessions.values()) addFigures(figures, session.figures);
    const portsOpen = 2 * (this.pool.size - this.pool.free);
    return { endpoints: this.sessions.size, rooms: this.rooms.size, portsOpen, ...figures };
  }
}

type Figures = Record<'packetsIn' | 'packetsOut' | 'dropped' | 'concealed', number>;

function addFigures(total: Figures, more: Figures): void {
  for (const name of ['packetsIn', 'packetsOut', 'dropped', 'concealed'] as const) total[name] += more[name];
}
