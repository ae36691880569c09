import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TimeSettings, TimeView } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { readText, replaceFile } from '../files.ts';
import { log } from '../log.ts';
import { Refusal } from '../problem.ts';
import type { SettingsFile } from '../settings-file.ts';

export const DEFAULT_TIME: TimeSettings = { timeZone: 'Etc/UTC', ntpServers: [] };

/** Lines of a chrony .sources file; without servers of the operator Debian's pool stays in charge. */
export const renderSources = (servers: readonly string[]): string => servers.map((server) => `server ${server} iburst\n`).join('');

/** One line of `chronyc -c tracking` (chronyc(1)): id, name, stratum, reference time, offset of the system clock, ... */
export function parseTracking(csv: string): { synchronised: boolean; source: string; offset: number | null } {
  const [id, name, stratum, , offset] = csv.trim().split(',');
  const synchronised = id !== undefined && id !== '' && id !== '00000000' && id !== '7F7F0101' && Number(stratum) > 0;
  const seconds = Number(offset);
  return { synchronised, source: synchronised ? (name ?? '') : '', offset: synchronised && Number.isFinite(seconds) ? seconds : null };
}

/** The wall clock against the clock that only runs forward: the greatest step seen. */
export class JumpWatch {
  readonly #started = Date.now() - performance.now();
  #jump = 0;
  #last = 0;

  /** To be called now and then; steps below half a second are slewing and noise. */
  look(now = Date.now(), monotonic = performance.now()): number {
    const ahead = (now - monotonic - this.#started) / 1000;
    const step = ahead - this.#last;
    if (Math.abs(step) >= 0.5) {
      log.warn(`The clock was set by ${step.toFixed(1)} s`);
      this.#last = ahead;
      if (Math.abs(step) > Math.abs(this.#jump)) this.#jump = step;
    }
    return this.#jump;
  }
}

interface Options {
  readonly exec: Exec;
  readonly file: SettingsFile<TimeSettings>;
  /** Seconds since 1970 of the build of the image. */
  readonly buildDate: number;
  /** /run/dialtone-host/chrony */
  readonly sourcesFolder: string;
}

export class Time {
  readonly #options: Options;
  readonly #jumps = new JumpWatch();

  constructor(options: Options) {
    this.#options = options;
  }

  get settings(): TimeSettings {
    return this.#options.file.value;
  }

  /** The clock cannot be right: it is earlier than the image. */
  get beforeBuild(): boolean {
    return Date.now() / 1000 < this.#options.buildDate;
  }

  lookForJumps(): number {
    return this.#jumps.look();
  }

  /** Puts the settings in force. The time zone of this process follows, for the console. */
  async apply(): Promise<void> {
    const { exec, sourcesFolder } = this.#options;
    const { timeZone, ntpServers } = this.settings;
    await exec('timedatectl', ['--no-ask-password', 'set-timezone', timeZone], { timeout: 30_000 });
    process.env.TZ = timeZone;
    await mkdir(sourcesFolder, { recursive: true });
    await replaceFile(join(sourcesFolder, 'operator.sources'), renderSources(ntpServers), 0o644);
    // Not running yet before there is a data disk: it reads the folder when it starts.
    await exec('chronyc', ['reload', 'sources'], { ok: [0, 1] });
  }

  /** @throws Refusal 400 no-such-zone */
  async set(settings: TimeSettings): Promise<void> {
    const zone = settings.timeZone;
    if (zone.includes('..') || !(await stat(join('/usr/share/zoneinfo', zone)).catch(() => undefined))?.isFile()) {
      throw new Refusal(400, 'no-such-zone', ({ t }) => t('refusal.noSuchZone', { zone }));
    }
    await this.#options.file.save(settings);
    await this.apply();
    log.notice(`Time zone ${zone}; time servers ${settings.ntpServers.join(' ') || 'as delivered'}`);
  }

  /**
   * Sets the clock by hand. @param now epoch ms
   * @throws Refusal 400 clock-impossible
   */
  async setClock(now: number): Promise<void> {
    if (now / 1000 < this.#options.buildDate) throw new Refusal(400, 'clock-impossible', 'That is before this image was built.');
    const { exec } = this.#options;
    // The agent itself may not touch the clock (ProtectClock): systemd runs this for it.
    const run = (command: string[], ok: number[]) => exec('systemd-run', ['--quiet', '--wait', '--collect', ...command], { ok });
    await run(['date', '--utc', `--set=@${(now / 1000).toFixed(3)}`], [0]);
    // No battery clock is no fault.
    await run(['hwclock', '--systohc', '--utc'], [0, 1]);
    log.notice(`The clock was set by hand to ${new Date(now).toISOString()}`);
  }

  async view(): Promise<TimeView> {
    const tracking = await this.#options.exec('chronyc', ['-c', 'tracking'], { ok: [0, 1] });
    const rtc = z.coerce.number().safeParse((await readText('/sys/class/rtc/rtc0/since_epoch'))?.trim());
    return {
      settings: this.settings,
      now: new Date().toISOString(),
      ...parseTracking(tracking.code === 0 ? tracking.stdout : ''),
      rtc: rtc.success ? new Date(rtc.data * 1000).toISOString() : null,
      beforeBuild: this.beforeBuild,
      jump: this.lookForJumps(),
    };
  }
}
