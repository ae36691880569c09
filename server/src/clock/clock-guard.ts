import { uptime } from 'node:os';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AlarmsService } from '../alarms/alarms.service.ts';
import { AuditService } from '../audit/audit.service.ts';
import { AccountCharging } from '../billing/account-charging.ts';
import { type TimeView, timeView } from '../host/contract/index.ts';
import { HostClient } from '../host/host-client.ts';
import { type Principal, problem } from '../http/index.ts';
import { type ClockDoubt, type Clocks, ClockWatch, STEP_MS } from './clock-watch.ts';

const LOOK_MS = 5000;
/** The host agent asks chrony: seldom while all is well, each time while not. */
const HOST_EVERY = 12;

export interface ClockStatus {
  readonly now: number;
  readonly builtAt: number;
  readonly doubt: ClockDoubt | undefined;
  /** A time server is followed; null where nobody can say. */
  readonly synchronised: boolean | null;
  /** The pages can set the clock: only on the appliance. */
  readonly settable: boolean;
}

/** Everything the guard asks of the outside; a spec brings its own. */
export interface ClockGuardOptions {
  readonly builtAt: number;
  readonly clocks?: Clocks;
}

const systemClocks: Clocks = { wall: Date.now, steady: () => uptime() * 1000 };

/**
 * Money needs the right time: while the clock cannot be right, no new call that costs money starts. Calls between subscribers go on,
 * and running calls are charged by the monotonic clock, which no step touches. It ends when a time server is followed, or when an
 * administrator says that the time is right.
 */
@Injectable()
export class ClockGuard implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Clock');
  readonly #alarms: AlarmsService;
  readonly #audit: AuditService;
  readonly #charging: AccountCharging;
  readonly #host: HostClient;
  readonly #options: ClockGuardOptions;
  readonly #clocks: Clocks;
  readonly #watch: ClockWatch;
  /** A step that only the host agent saw: before this process started. */
  #hostDoubt: ClockDoubt | undefined;
  #doubt: ClockDoubt | undefined;
  #synchronised: boolean | null = null;
  /** A step that the host agent saw, and that was settled. */
  #settledJump = 0;
  #hostAsked = 0;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(alarms: AlarmsService, audit: AuditService, charging: AccountCharging, host: HostClient, options: ClockGuardOptions) {
    this.#alarms = alarms;
    this.#audit = audit;
    this.#charging = charging;
    this.#host = host;
    this.#options = options;
    this.#clocks = options.clocks ?? systemClocks;
    this.#watch = new ClockWatch(this.#clocks, options.builtAt);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      this.look().catch((error: unknown) => this.#log.error(`The clock could not be looked at: ${error}`));
    }, LOOK_MS);
    this.#timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  get status(): ClockStatus {
    return {
      now: this.#clocks.wall(),
      builtAt: this.#options.builtAt,
      doubt: this.#doubt,
      synchronised: this.#synchronised,
      settable: this.#host.present,
    };
  }

  /** Looks at the clock now. Blocks first and asks the host agent then: a call in between must not slip through. */
  async look(): Promise<void> {
    this.#judge();
    const askHost = this.#host.present && (this.#doubt !== undefined || this.#looks % HOST_EVERY === 0);
    this.#looks++;
    if (askHost) await this.#askHost();
  }

  /**
   * An administrator has looked: the time is right.
   * @throws problem 409 `clock-impossible` while it cannot be
   */
  async confirm(actor: Principal): Promise<void> {
    if (this.#watch.beforeBuild) {
      throw problem(409, 'clock-impossible', 'The clock shows a time before this version of Dialtone was made. Set it first.');
    }
    await this.#audit.record(actor, 'clock.confirm', 'machine', null, undefined, { time: new Date(this.#clocks.wall()).toISOString() });
    this.#settle(`an administrator confirmed ${new Date(this.#clocks.wall()).toISOString()}`);
  }

  /** Sets the clock of the appliance, and takes it as right. @param now epoch ms */
  async set(now: number, actor: Principal): Promise<void> {
    if (now < this.#options.builtAt) throw problem(409, 'clock-impossible', 'That is before this version of Dialtone was made.');
    const before = new Date(this.#clocks.wall()).toISOString();
    const view = await this.#host.call('POST', '/time/clock', { body: { now: new Date(now).toISOString() }, schema: timeView });
    await this.#audit.record(actor, 'clock.set', 'machine', null, { time: before }, { time: view.now });
    this.#hostAsked = view.jump;
    this.#settle(`an administrator set it to ${view.now}`);
  }

  async #askHost(): Promise<void> {
    let view: TimeView;
    try {
      view = await this.#host.call('GET', '/time', { schema: timeView });
    } catch {
      return; // The agent is being restarted; what was known stays.
    }
    this.#synchronised = view.synchronised;
    this.#hostAsked = view.jump;
    if (view.synchronised && !this.#watch.beforeBuild) this.#settle(`the time server ${view.source} is followed`);
    // A step before this process started, or while it did not look.
    else if (Math.abs(view.jump) * 1000 > STEP_MS && view.jump !== this.#settledJump) {
      this.#hostDoubt = { why: 'stepped', stepSeconds: Math.round(view.jump) };
      this.#judge();
    }
  }

  #settle(why: string): void {
    this.#watch.trust();
    this.#hostDoubt = undefined;
    this.#settledJump = this.#hostAsked;
    if (this.#doubt !== undefined) this.#log.log(`Paid calls go on: ${why}`);
    this.#judge();
  }

  #judge(): void {
    const doubt = this.#watch.look() ?? this.#hostDoubt;
    this.#doubt = doubt;
    this.#charging.blocked = doubt === undefined ? undefined : 'clock-not-set';
    if (doubt === undefined) this.#alarms.clear('clock-not-set');
    else {
      const now = new Date(this.#clocks.wall())
        .toISOString()
        .replace(/:\d\d\.\d+Z$/, ' UTC')
        .replace('T', ' ');
      this.#alarms.raise('clock-not-set', { why: doubt.why, now, step: String(doubt.stepSeconds) }, { level: doubt.why });
    }
  }
}
