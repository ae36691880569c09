import { randomInt } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.ts';
import { SipNode } from '../calls/sip-node.ts';
import { EventsService } from '../events/events.service.ts';
import { type Principal, problem, timeOf } from '../http/index.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { CERTIFICATE_SOURCES } from '../settings/settings.schema.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { AcmeError, newAcmeAccountKey, orderCertificate, termsOfService } from './acme-order.ts';
import { checkPair } from './certificate.ts';
import { CertificateFiles, type CertificateSource } from './certificate-files.ts';
import { CertificateStore, type StoredCertificate } from './certificate-store.ts';
import type { AcmeOrderInput, CertificateDto, CertificatesStateDto, CertificateUpload } from './certificates.schemas.ts';
import { ChallengeResponses } from './challenge-responses.ts';
import { HttpsListener } from './https-listener.ts';
import { OwnNames } from './own-names.ts';

export const CERTIFICATES_JOB = 'certificates';

const DAY_MS = 86_400_000;
/** A certificate of an authority is renewed when a third of its time is left, our own a month before its end. */
const LAST_PART = 1 / 3;
const OWN_DAYS_LEFT = 30;
const WARN_DAYS_LEFT = 14;

const day = (at: number): string => timeOf(at).slice(0, 10);
const sameNames = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((name) => b.includes(name));

/** The certificates as an operator deals with them: look, choose, bring, order; and the job that keeps them valid. */
@Injectable()
export class CertificatesService implements OnModuleInit {
  readonly #store: CertificateStore;
  readonly #files: CertificateFiles;
  readonly #challenges: ChallengeResponses;
  readonly #https: HttpsListener;
  readonly #names: OwnNames;
  readonly #settings: SettingsService;
  readonly #jobs: JobsService;
  readonly #audit: AuditService;
  readonly #events: EventsService;
  readonly #node: SipNode;

  constructor(
    store: CertificateStore,
    files: CertificateFiles,
    challenges: ChallengeResponses,
    https: HttpsListener,
    names: OwnNames,
    settings: SettingsService,
    jobs: JobsService,
    audit: AuditService,
    events: EventsService,
    node: SipNode,
  ) {
    this.#store = store;
    this.#files = files;
    this.#challenges = challenges;
    this.#https = https;
    this.#names = names;
    this.#settings = settings;
    this.#jobs = jobs;
    this.#audit = audit;
    this.#events = events;
    this.#node = node;
  }

  onModuleInit(): void {
    // Twice a day, and not all installations of the world in the same minute.
    this.#jobs.register({ name: CERTIFICATES_JOB, schedule: `${randomInt(60)} 5,17 * * *`, run: () => this.keepValid() });
    this.#store.onChange(() => this.#events.publish('certificates.changed', {}));
  }

  state(): CertificatesStateDto {
    const { acmeNames, acmeEmail, acmeDirectoryUrl, acmeTermsAccepted, certificateSource } = this.#settings.current;
    const job = this.#jobs.list().find(({ name }) => name === CERTIFICATES_JOB);
    const port = this.#https.address?.port;
    return {
      shown: this.#store.shown?.source ?? null,
      wanted: certificateSource,
      items: CERTIFICATE_SOURCES.map((source) => this.#store.stored(source))
        .filter((stored) => stored !== undefined)
        .map(certificateDto),
      https: port === undefined ? null : { port },
      sipTls: this.#node.addresses.filter((address) => address.startsWith('tls:')),
      ownNames: this.#names.list(),
      acme: {
        names: acmeNames,
        email: acmeEmail,
        directoryUrl: acmeDirectoryUrl,
        termsAccepted: acmeTermsAccepted,
        running: job?.running ?? false,
        lastRun: job?.lastRun ? { at: timeOf(job.lastRun.endedAt), result: job.lastRun.result, message: job.lastRun.message } : null,
      },
    };
  }

  /** Takes a certificate that the operator brings, and shows it. @throws ProblemError 400 naming what is wrong with it */
  async upload(body: CertificateUpload, actor: Principal): Promise<void> {
    const checked = checkPair(body.certificate, body.key, Date.now());
    if (!checked.ok) throw problem(400, 'invalid', checked.fault.message, [checked.fault]);
    const before = this.#store.stored('uploaded');
    await this.#store.put('uploaded', checked.pair);
    await this.#record(actor, 'certificate.upload', 'uploaded', before);
    await this.choose('uploaded', actor);
  }

  async removeUploaded(actor: Principal): Promise<void> {
    const before = this.#found('uploaded');
    if (this.#settings.current.certificateSource === 'uploaded') await this.choose('self-signed', actor);
    await this.#store.remove('uploaded');
    await this.#record(actor, 'certificate.delete', 'uploaded', before);
  }

  /** @throws ProblemError 404 when there is none of this kind */
  async choose(source: CertificateSource, actor: Principal | 'system'): Promise<void> {
    if (source !== 'self-signed') this.#found(source);
    await this.#settings.patch({ certificateSource: source }, actor);
  }

  /** A new certificate of our own, for the names this machine has now. */
  async renewSelfSigned(actor: Principal): Promise<void> {
    const before = this.#store.stored('self-signed');
    await this.#store.renewSelfSigned();
    await this.#record(actor, 'certificate.create', 'self-signed', before);
  }

  /** Keeps the wish and orders at once; the state tells how it went. @throws ProblemError 409 while an order is under way */
  async order(body: AcmeOrderInput, actor: Principal): Promise<void> {
    if (this.state().acme.running) throw problem(409, 'job-running', 'An order is under way already. Wait for its end.');
    await this.#settings.patch(
      {
        acmeNames: [...new Set(body.names)],
        acmeEmail: body.email,
        acmeTermsAccepted: true,
        ...(body.directoryUrl !== undefined && { acmeDirectoryUrl: body.directoryUrl }),
      },
      actor,
    );
    await this.#jobs.start(CERTIFICATES_JOB, actor);
  }

  /** No more renewals; the certificate that is there stays until its end. */
  async cancelOrders(actor: Principal): Promise<void> {
    await this.#settings.patch({ acmeNames: [], acmeTermsAccepted: false }, actor);
  }

  /** @throws ProblemError 503 */
  async terms(): Promise<string | null> {
    try {
      return await termsOfService(this.#settings.current.acmeDirectoryUrl);
    } catch (error) {
      if (error instanceof AcmeError) throw problem(503, 'authority-unreachable', error.message);
      throw error;
    }
  }

  /** The job. @throws AcmeError when an order failed; what was shown goes on being shown */
  async keepValid(now = Date.now()): Promise<JobOutcome> {
    const said: string[] = [];
    const own = this.#store.stored('self-signed');
    if (own && own.facts.validTo - now < OWN_DAYS_LEFT * DAY_MS) {
      await this.#store.renewSelfSigned();
      said.push('A new self-signed certificate was made.');
    }
    if (this.#orderIsDue(now)) said.push(await this.#fulfilOrder());
    const { shown } = this.#store;
    if (!shown) return { result: 'ok', message: 'Nothing listens over TLS: no certificate is needed.' };
    const left = shown.facts.validTo - now;
    said.push(`The certificate for ${shown.facts.subject} (${shown.source}) is valid until ${day(shown.facts.validTo)}.`);
    return { result: left < WARN_DAYS_LEFT * DAY_MS ? 'warning' : 'ok', message: said.join(' ') };
  }

  #orderIsDue(now: number): boolean {
    const { acmeNames, acmeTermsAccepted } = this.#settings.current;
    if (acmeNames.length === 0 || !acmeTermsAccepted) return false;
    const facts = this.#store.stored('acme')?.facts;
    if (!facts || !sameNames(facts.names, acmeNames)) return true;
    return facts.validTo - now < (facts.validTo - facts.validFrom) * LAST_PART;
  }

  async #fulfilOrder(): Promise<string> {
    const { acmeNames, acmeEmail, acmeDirectoryUrl, certificateSource } = this.#settings.current;
    const first = this.#store.stored('acme') === undefined;
    const account = await this.#files.account(acmeDirectoryUrl, newAcmeAccountKey);
    const pair = await orderCertificate({
      directoryUrl: acmeDirectoryUrl,
      accountKey: account.key,
      accountUrl: account.url,
      onAccount: (url) => this.#files.rememberAccount(acmeDirectoryUrl, url),
      names: acmeNames,
      email: acmeEmail,
      challenges: this.#challenges,
    });
    const checked = checkPair(pair.cert, pair.key, Date.now());
    if (!checked.ok) throw new AcmeError(`The authority gave a certificate that cannot be used: ${checked.fault.message}`);
    await this.#store.put('acme', checked.pair);
    await this.#record('system', 'certificate.order', 'acme', undefined);
    // Whoever has brought one of his own decides himself.
    if (first && certificateSource === 'self-signed') await this.choose('acme', 'system');
    return `A certificate for ${acmeNames.join(', ')} was given by ${new URL(acmeDirectoryUrl).host}.`;
  }

  #found(source: CertificateSource): StoredCertificate {
    const stored = this.#store.stored(source);
    if (!stored) throw problem(404, 'not-found', `There is no certificate of the kind "${source}".`);
    return stored;
  }

  async #record(
    actor: Principal | 'system',
    action: string,
    source: CertificateSource,
    before: StoredCertificate | undefined,
  ): Promise<void> {
    const after = this.#store.stored(source);
    await this.#audit.record(actor, action, 'certificate', source, before && forAudit(before), after && forAudit(after));
    this.#events.publish('certificates.changed', {});
  }
}

const forAudit = ({ facts }: StoredCertificate) => ({
  names: facts.names,
  issuer: facts.issuer,
  validTo: timeOf(facts.validTo),
  fingerprint: facts.fingerprint,
});

function certificateDto({ source, pair, facts }: StoredCertificate): CertificateDto {
  return { ...facts, names: [...facts.names], source, validFrom: timeOf(facts.validFrom), validTo: timeOf(facts.validTo), pem: pair.cert };
}
