import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Directory } from '../directory/directory.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { MessagesService } from './messages.service.ts';

const DAY = 86_400_000;
/** A deleted message can be had back so long. */
export const UNDO_MS = DAY;

/** Takes away what has had its time, and finishes what was left open. Mails are tried again by the outbox. */
@Injectable()
export class VoicemailJobs implements OnModuleInit {
  readonly #jobs: JobsService;
  readonly #directory: Directory;
  readonly #settings: SettingsService;
  readonly #boxes: MailboxesService;
  readonly #messages: MessagesService;

  constructor(jobs: JobsService, directory: Directory, settings: SettingsService, boxes: MailboxesService, messages: MessagesService) {
    this.#jobs = jobs;
    this.#directory = directory;
    this.#settings = settings;
    this.#boxes = boxes;
    this.#messages = messages;
  }

  onModuleInit(): void {
    this.#jobs.register({ name: 'voicemail-cleanup', schedule: '41 * * * *', run: () => this.#clean() });
  }

  async #clean(): Promise<JobOutcome> {
    const now = Date.now();
    const recovered = await this.#messages.recover();
    const deleted = await this.#messages.removeDeleted(now - UNDO_MS);
    const own = await this.#boxes.retentions();
    let old = 0;
    let closed = 0;
    for (const id of await this.#messages.subscribersWithMessages()) {
      const days = own.get(id) ?? this.#settings.current.voicemailRetentionDays;
      if (!this.#directory.subscriberById(id)) {
        await this.#messages.removeAllOf(id);
        await this.#boxes.forget(id);
        closed++;
      } else if (days !== null) old += await this.#messages.removeOlder(id, now - days * DAY);
    }
    const removed = `${deleted} deleted and ${old} old messages, ${closed} mailboxes of closed subscribers`;
    return { result: 'ok', message: `Removed: ${removed}. Unfinished messages kept: ${recovered}.` };
  }
}
