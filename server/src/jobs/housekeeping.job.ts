import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EmailChangesService } from '../auth/email-changes.service.ts';
import { PasswordResetsService } from '../auth/password-resets.service.ts';
import { SessionsService } from '../auth/sessions.service.ts';
import { ProvisioningService } from '../devices/provisioning.service.ts';
import { MailService } from '../mail/mail.service.ts';
import { SignupsService } from '../signup/signups.service.ts';
import type { JobOutcome } from './job.ts';
import { JobsService } from './jobs.service.ts';

/** What has run out is taken away, and mail that could not be sent is tried again. */
@Injectable()
export class HousekeepingJobs implements OnModuleInit {
  readonly #jobs: JobsService;
  readonly #mail: MailService;
  readonly #sessions: SessionsService;
  readonly #resets: PasswordResetsService;
  readonly #emails: EmailChangesService;
  readonly #signups: SignupsService;
  readonly #provisioning: ProvisioningService;

  constructor(
    jobs: JobsService,
    mail: MailService,
    sessions: SessionsService,
    resets: PasswordResetsService,
    emails: EmailChangesService,
    signups: SignupsService,
    provisioning: ProvisioningService,
  ) {
    this.#jobs = jobs;
    this.#mail = mail;
    this.#sessions = sessions;
    this.#resets = resets;
    this.#emails = emails;
    this.#signups = signups;
    this.#provisioning = provisioning;
  }

  onModuleInit(): void {
    this.#jobs.register({ name: 'mail-retry', schedule: '* * * * *', keepOnlyProblems: true, run: () => this.#deliver() });
    this.#jobs.register({ name: 'expired-signups', schedule: '23 * * * *', run: () => this.#expire() });
  }

  async #deliver(): Promise<JobOutcome> {
    const { sent, failed } = await this.#mail.deliverDue();
    return { result: failed > 0 ? 'warning' : 'ok', message: `${sent} mails sent, ${failed} could not be sent; see the outbox.` };
  }

  async #expire(): Promise<JobOutcome> {
    const signups = await this.#signups.removeExpired();
    const sessions = await this.#sessions.removeExpired();
    const resets = await this.#resets.removeExpired();
    const emails = await this.#emails.removeExpired();
    const links = await this.#provisioning.removeExpired();
    const mails = await this.#mail.removeOld();
    const ofLinks = `${resets} password links, ${emails} e-mail links, ${links} phone links`;
    return { result: 'ok', message: `Expired: ${signups} sign-ups, ${ofLinks}, ${sessions} sessions, ${mails} mails.` };
  }
}
