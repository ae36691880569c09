import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import { AdminsService } from '../auth/admins.service.ts';
import { EventsService } from '../events/events.service.ts';
import { writePrivate } from '../files/private-file.ts';
import { MailService } from '../mail/mail.service.ts';
import { Environment } from '../settings/environment.ts';
import { type AlarmCode, type AlarmParams, alarmWords } from './alarm-texts.ts';

export interface Alarm {
  readonly code: AlarmCode;
  readonly params: AlarmParams;
  /** Epoch ms. */
  readonly since: number;
}

const told = z.record(z.string(), z.string());

/**
 * What is wrong right now and cannot wait. An alarm is raised again and again for as long as it lasts; administrators get one mail for each
 * `level` of it, over restarts too, until it is cleared.
 */
@Injectable()
export class AlarmsService {
  readonly #log = new Logger('Alarms');
  readonly #admins: AdminsService;
  readonly #mail: MailService;
  readonly #events: EventsService;
  readonly #file: string;
  readonly #active = new Map<AlarmCode, Alarm & { readonly level: string }>();
  /** The level each alarm was last mailed at. */
  #told: Record<string, string>;
  #writing: Promise<void> = Promise.resolve();

  constructor(admins: AdminsService, mail: MailService, events: EventsService, environment: Environment) {
    this.#admins = admins;
    this.#mail = mail;
    this.#events = events;
    this.#file = join(environment.dataDir, 'alarms.json');
    this.#told = readTold(this.#file);
  }

  list(): Alarm[] {
    return [...this.#active.values()].map(({ code, params, since }) => ({ code, params, since }));
  }

  has(code: AlarmCode): boolean {
    return this.#active.has(code);
  }

  /** @param level another one than the last is worth another mail; `quiet`: a lower level than one that was told already */
  raise(code: AlarmCode, params: AlarmParams, { level = 'on', quiet = false }: { level?: string; quiet?: boolean } = {}): void {
    const before = this.#active.get(code);
    this.#active.set(code, { code, params, level, since: before?.since ?? Date.now() });
    if (before?.level !== level || JSON.stringify(before.params) !== JSON.stringify(params))
      this.#events.publish('alarms.changed', { code });
    if (before?.level !== level) this.#log.error(Object.values(alarmWords(code, params, 'en')).join('. '));
    if (this.#told[code] === level) return;
    this.#keep({ ...this.#told, [code]: level });
    if (!quiet) this.#tell(code, params).catch((error: unknown) => this.#log.error(`Nobody could be told of ${code}: ${error}`));
  }

  clear(code: AlarmCode): void {
    if (this.#active.delete(code)) {
      this.#log.log(`${code} is over`);
      this.#events.publish('alarms.changed', { code });
    }
    if (this.#told[code] === undefined) return;
    const { [code]: _, ...rest } = this.#told;
    this.#keep(rest);
  }

  async #tell(code: AlarmCode, params: AlarmParams): Promise<void> {
    for (const admin of await this.#admins.list()) {
      if (admin.email === null) continue;
      const language = admin.language === 'es' ? 'es' : 'en';
      await this.#mail.enqueue({ to: admin.email, template: 'alarm', language, values: alarmWords(code, params, language) });
    }
  }

  /** Best effort: on a full disk nobody is told less for it, at worst twice. */
  #keep(next: Record<string, string>): void {
    this.#told = next;
    this.#writing = this.#writing.then(async () => {
      try {
        await writePrivate(this.#file, next);
      } catch (error) {
        this.#log.warn(`What was told could not be kept: ${error}`);
      }
    });
  }
}

function readTold(file: string): Record<string, string> {
  try {
    return told.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
