import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource, LessThan } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { clientAddress, type Principal } from '../http/index.ts';
import type { Settings } from '../settings/settings.schema.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { type LoginSubject, SubscribersService } from '../subscribers/subscribers.service.ts';
import type { AdminEntity } from './admin.entity.ts';
import { AdminsService } from './admins.service.ts';
import { SessionEntity } from './session.entity.ts';
import { hashToken, newToken } from './tokens.ts';

/** Whoever can log in, with the fingerprint of his password. */
export type Account =
  | { readonly kind: 'admin'; readonly admin: AdminEntity }
  | { readonly kind: 'subscriber'; readonly subscriber: LoginSubject };

/** The settings demand a second factor of administrators, and this one has none. */
export const lacksSecondFactor = (account: Account, { requireSecondFactor }: Pick<Settings, 'requireSecondFactor'>): boolean =>
  requireSecondFactor && account.kind === 'admin' && account.admin.secondFactorSince === null;

const HOUR = 3_600_000;
/** However much it is used, a session ends after this. */
const LONGEST_MS = 30 * 24 * HOUR;
/** The end of a session is moved on at most this often: reading a page should not write. */
const TOUCH_EVERY_MS = 5 * 60_000;

/** Changes with the password and with the second factor, so that sessions opened before end by themselves. */
function stampOf(account: Account): string {
  return hashToken(account.kind === 'admin' ? adminSecret(account.admin) : subscriberSecret(account.subscriber)).slice(0, 32);
}

const subscriberSecret = ({ portalPasswordHash, ha1Sha256 }: LoginSubject): string => portalPasswordHash ?? ha1Sha256;

const adminSecret = ({ passwordHash, secondFactorSince }: AdminEntity): string =>
  secondFactorSince === null ? passwordHash : `${passwordHash} ${secondFactorSince}`;

/** For links sent by mail: they die with the password and with the address. */
export function linkStampOf(account: Account): string {
  const email = account.kind === 'admin' ? account.admin.email : account.subscriber.email;
  return hashToken(`${stampOf(account)} ${email ?? ''}`).slice(0, 32);
}

export function principalOf(account: Account, sessionId: number | null): Principal {
  if (account.kind === 'admin') {
    const { id, login, name } = account.admin;
    return { kind: 'admin', adminId: id, login, name, sessionId };
  }
  const { id, number, displayName } = account.subscriber;
  return { kind: 'subscriber', subscriberId: id, number, name: displayName, sessionId };
}

/** Server-side sessions with a sliding end. */
@Injectable()
export class SessionsService {
  readonly #reader: DataSource;
  readonly #uow: UnitOfWork;
  readonly #settings: SettingsService;
  readonly #admins: AdminsService;
  readonly #subscribers: SubscribersService;

  constructor(reader: DataSource, uow: UnitOfWork, settings: SettingsService, admins: AdminsService, subscribers: SubscribersService) {
    this.#reader = reader;
    this.#uow = uow;
    this.#settings = settings;
    this.#admins = admins;
    this.#subscribers = subscribers;
  }

  /** @returns the token for the cookie */
  async start(account: Account, request: FastifyRequest): Promise<string> {
    const token = newToken();
    const now = Date.now();
    await this.#uow.write((m) =>
      m.insert(SessionEntity, {
        tokenHash: hashToken(token),
        adminId: account.kind === 'admin' ? account.admin.id : null,
        subscriberId: account.kind === 'subscriber' ? account.subscriber.id : null,
        stamp: stampOf(account),
        address: clientAddress(request),
        userAgent: String(request.headers['user-agent'] ?? '').slice(0, 255),
        createdAt: now,
        lastSeenAt: now,
        expiresAt: now + this.#lifetime(),
      }),
    );
    return token;
  }

  /** Who the cookie stands for; undefined when it is unknown, over, or its password changed. */
  async resolve(token: string): Promise<{ account: Account; sessionId: number } | undefined> {
    if (token.length > 100) return undefined;
    const session = await this.#reader.getRepository(SessionEntity).findOneBy({ tokenHash: hashToken(token) });
    const now = Date.now();
    if (!session || session.expiresAt <= now) return undefined;
    const account = await this.#accountOf(session);
    if (!account || stampOf(account) !== session.stamp) return undefined;
    if (now - session.lastSeenAt > TOUCH_EVERY_MS) {
      const expiresAt = Math.min(now + this.#lifetime(), session.createdAt + LONGEST_MS);
      await this.#uow.write((m) => m.update(SessionEntity, { id: session.id }, { lastSeenAt: now, expiresAt }));
    }
    return { account, sessionId: session.id };
  }

  /** Whether a session goes on and may see news, without counting as its use: for what stays open by itself, such as the stream of live news. */
  async stillValid(sessionId: number): Promise<boolean> {
    const session = await this.#reader.getRepository(SessionEntity).findOneBy({ id: sessionId });
    if (!session || session.expiresAt <= Date.now()) return false;
    const account = await this.#accountOf(session);
    return account !== undefined && stampOf(account) === session.stamp && !lacksSecondFactor(account, this.#settings.current);
  }

  async end(sessionId: number): Promise<void> {
    await this.#uow.write((m) => m.delete(SessionEntity, { id: sessionId }));
  }

  /** For a job: forgets what is over. @returns how many */
  async removeExpired(now = Date.now()): Promise<number> {
    const result = await this.#uow.write((m) => m.delete(SessionEntity, { expiresAt: LessThan(now) }));
    return result.affected ?? 0;
  }

  async #accountOf(session: SessionEntity): Promise<Account | undefined> {
    if (session.adminId !== null) {
      const admin = await this.#admins.byId(session.adminId);
      return admin ? { kind: 'admin', admin } : undefined;
    }
    const subscriber = session.subscriberId === null ? null : await this.#subscribers.loginSubject(session.subscriberId);
    return subscriber ? { kind: 'subscriber', subscriber } : undefined;
  }

  #lifetime(): number {
    return this.#settings.current.sessionHours * HOUR;
  }
}
