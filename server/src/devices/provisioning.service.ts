import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { hashToken, newToken } from '../auth/tokens.ts';
import { SipNode } from '../calls/sip-node.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { actorName, addressKey, type Principal, problem, RateLimiter, timeOf, tooMany } from '../http/index.ts';
import { StunServer } from '../media/stun/stun-server.ts';
import { Environment } from '../settings/environment.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { bracketed } from '../sip/message/index.ts';
import type { DeviceSettings, ProvisioningLink } from './devices.schema.ts';
import { linphoneConfig } from './linphone-config.ts';
import { ProvisioningLinkEntity } from './provisioning-link.entity.ts';

const MINUTE = 60_000;
export const LINK_VALID_MS = 15 * MINUTE;
/** Codecs every phone of today brings, the best first; media does not pass through us. */
const CODECS = ['Opus', 'G.722', 'PCMA (G.711 A-law)', 'PCMU (G.711 µ-law)'];

/** What a phone needs to know, as text for people and as a file for the phone. */
@Injectable()
export class ProvisioningService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #settings: SettingsService;
  readonly #environment: Environment;
  readonly #audit: AuditService;
  readonly #fetches = new RateLimiter({ limit: 30, windowMs: 10 * MINUTE });
  readonly #node: SipNode;
  readonly #stun: StunServer;

  constructor(
    uow: UnitOfWork,
    reader: DataSource,
    directory: Directory,
    settings: SettingsService,
    environment: Environment,
    audit: AuditService,
    node: SipNode,
    stun: StunServer,
  ) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#settings = settings;
    this.#environment = environment;
    this.#audit = audit;
    this.#node = node;
    this.#stun = stun;
  }

  /** @throws ProblemError 404 */
  settingsOf(subscriberId: number): DeviceSettings {
    const subscriber = this.#subscriber(subscriberId);
    const { stunServer, registerDefaultExpires } = this.#settings.current;
    const server = this.#serverFor(subscriber.domain);
    return {
      displayName: subscriber.displayName,
      username: subscriber.number,
      authUsername: subscriber.number,
      domain: subscriber.domain,
      sipUri: `sip:${subscriber.number}@${subscriber.domain}`,
      server,
      listeners: distinct(this.#node.endpoints.map(({ protocol, port }) => ({ transport: protocol, port }))),
      stunServer: stunServer ?? this.#ownStun(server),
      codecs: CODECS,
      registerExpires: registerDefaultExpires,
    };
  }

  /** A new link; inside a write it belongs to it. */
  async createLink(subscriberId: number, actor: Principal | 'system'): Promise<ProvisioningLink> {
    const token = newToken();
    const now = Date.now();
    const expiresAt = now + LINK_VALID_MS;
    await this.#uow.write(async (m) => {
      await m.insert(ProvisioningLinkEntity, {
        tokenHash: hashToken(token),
        subscriberId,
        createdBy: actorName(actor),
        createdAt: now,
        expiresAt,
        usedAt: null,
        usedFrom: null,
      });
      await this.#audit.record(actor, 'provisioning-link.create', 'subscriber', subscriberId);
    });
    return { url: `${this.#settings.phoneOrigin}/api/v1/provision/${token}`, expiresAt: timeOf(expiresAt) };
  }

  /**
   * The file for a phone. The link dies with the first answer.
   * @throws ProblemError 404 unknown, 410 used or too old, 429
   */
  async fetch(token: string, address: string): Promise<string> {
    const wait = this.#fetches.take(addressKey(address));
    if (wait > 0) throw tooMany(wait, 'Too many attempts. Try again later.');
    const link = await this.#reader.getRepository(ProvisioningLinkEntity).findOneBy({ tokenHash: hashToken(token) });
    if (!link) throw problem(404, 'link-unknown', 'There is no such link.');
    if (link.usedAt !== null) throw problem(410, 'link-used', 'This link has been used. Make a new QR code.');
    if (link.expiresAt <= Date.now()) throw problem(410, 'link-expired', 'This link is too old. Make a new QR code.');
    const subscriber = this.#subscriber(link.subscriberId);
    const file = linphoneConfig(this.settingsOf(subscriber.id), { value: subscriber.ha1Md5, algorithm: 'MD5' });
    const used = await this.#uow.write((m) =>
      m
        .createQueryBuilder()
        .update(ProvisioningLinkEntity)
        .set({ usedAt: Date.now(), usedFrom: address })
        .where('id = :id AND usedAt IS NULL', { id: link.id })
        .execute(),
    );
    if (used.affected === 0) throw problem(410, 'link-used', 'This link has been used. Make a new QR code.');
    return file;
  }

  /** For a job. Used links are kept as long as others, so that a second fetch is answered 410. @returns how many */
  async removeExpired(now = Date.now()): Promise<number> {
    const result = await this.#uow.write((m) => m.delete(ProvisioningLinkEntity, { expiresAt: LessThan(now - 7 * 24 * 60 * MINUTE) }));
    return result.affected ?? 0;
  }

  /** Our own STUN service, where it runs. */
  #ownStun(server: string): string | null {
    const [listener] = this.#stun.listening;
    return listener ? `${bracketed(server)}:${listener.port}` : null;
  }

  /** Where phones find us. A web address that is a bare IP tells that the domain is probably not in the DNS. */
  #serverFor(domain: string): string {
    const { sipPublicHost, publicUrl } = this.#settings.current;
    const webHost = (publicUrl && URL.parse(publicUrl)?.hostname.replace(/^\[|\]$/g, '')) || '';
    return sipPublicHost ?? this.#environment.publicIp ?? (isIP(webHost) ? webHost : domain);
  }

  #subscriber(id: number): Subscriber {
    const subscriber = this.#directory.subscriberById(id);
    if (!subscriber) throw problem(404, 'not-found', 'There is no such subscriber.');
    return subscriber;
  }
}

function distinct(listeners: DeviceSettings['listeners']): DeviceSettings['listeners'] {
  return listeners.filter((l, i) => listeners.findIndex((other) => other.transport === l.transport && other.port === l.port) === i);
}
