import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { BansService } from '../bans/bans.service.ts';
import {
  BEFORE_SETUP,
  clientAddress,
  type Principal,
  problem,
  ROLES,
  type Role,
  SETUP_CODE_HEADER,
  WITH_SETUP_CODE,
  WITHOUT_SECOND_FACTOR,
} from '../http/index.ts';
import { AdminNetworks } from '../settings/admin-networks.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { SetupService } from '../setup/setup.service.ts';
import { AdminToken } from './admin-token.ts';
import { AdminsService } from './admins.service.ts';
import { SESSION_COOKIE } from './session-cookie.ts';
import { type Account, lacksSecondFactor, principalOf, SessionsService } from './sessions.service.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

const COMMAND_LINE: Principal = { kind: 'admin', adminId: null, login: 'command-line', name: 'Command line', sessionId: null };

const SETTING_UP: Principal = { kind: 'admin', adminId: null, login: 'set-up', name: 'Set-up', sessionId: null };

/**
 * The one door of the API: who is it, may he, and did the request come from our own pages. An endpoint without @Roles is for administrators.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #reflector: Reflector;
  readonly #admins: AdminsService;
  readonly #sessions: SessionsService;
  readonly #token: AdminToken;
  readonly #settings: SettingsService;
  readonly #networks: AdminNetworks;
  readonly #bans: BansService;
  readonly #setup: SetupService;

  constructor(
    reflector: Reflector,
    admins: AdminsService,
    sessions: SessionsService,
    token: AdminToken,
    settings: SettingsService,
    networks: AdminNetworks,
    bans: BansService,
    setup: SetupService,
  ) {
    this.#reflector = reflector;
    this.#admins = admins;
    this.#sessions = sessions;
    this.#token = token;
    this.#settings = settings;
    this.#networks = networks;
    this.#bans = bans;
    this.#setup = setup;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const targets = [context.getHandler(), context.getClass()];
    const roles = this.#reflector.getAllAndOverride<Role[] | undefined>(ROLES, targets) ?? ['admin'];
    const writes = !SAFE_METHODS.has(request.method);
    const byToken = request.headers.authorization !== undefined;

    if (byToken && !this.#token.accepts(request.headers.authorization)) {
      this.#bans.failed(clientAddress(request), 'web-login');
      throw problem(401, 'login-needed', 'The token is not valid.');
    }
    if (writes && !byToken && this.#admins.setupNeeded && !this.#reflector.getAllAndOverride(BEFORE_SETUP, targets))
      throw problem(403, 'setup-needed', 'Dialtone is not set up yet. Open its page and enter the set-up code printed at the start.');

    const session = byToken ? undefined : await this.#session(request);
    let principal = byToken ? COMMAND_LINE : session && principalOf(session.account, session.sessionId);
    if (this.#admins.setupNeeded && this.#reflector.getAllAndOverride(WITH_SETUP_CODE, targets)) principal ??= this.#fromSetupCode(request);
    if (principal?.kind === 'admin' && !this.#networks.allows(clientAddress(request))) {
      if (!roles.includes('public')) throw this.#networks.refusal(request);
      // Elsewhere he is a visitor like any other, who may end his session.
      if (!writes) principal = undefined;
    }
    if (principal) request.principal = principal;
    if (!roles.includes('public')) {
      if (!principal) throw problem(401, 'login-needed', 'Log in first.');
      if (!roles.includes(principal.kind)) throw problem(403, 'not-allowed', 'You are not allowed to do this.');
      if (
        session &&
        lacksSecondFactor(session.account, this.#settings.current) &&
        !this.#reflector.getAllAndOverride(WITHOUT_SECOND_FACTOR, targets)
      )
        throw problem(403, 'second-factor-needed', 'Set up your second factor first: the settings demand one of every administrator.');
    }
    if (writes && !byToken) this.#refuseForeign(request);
    return true;
  }

  async #session(request: FastifyRequest): Promise<{ account: Account; sessionId: number } | undefined> {
    const token = request.cookies[SESSION_COOKIE];
    return token ? this.#sessions.resolve(token) : undefined;
  }

  /** @throws ProblemError 403 `setup-code-wrong`, 429 */
  #fromSetupCode(request: FastifyRequest): Principal | undefined {
    const code = request.headers[SETUP_CODE_HEADER];
    if (typeof code !== 'string') return undefined;
    this.#setup.checkCode(code, clientAddress(request));
    return SETTING_UP;
  }

  /**
   * Cross-site request forgery: another site can neither add a header of our own without asking (and is never answered), nor forge Origin.
   */
  #refuseForeign(request: FastifyRequest): void {
    const origin = request.headers.origin;
    const from = origin === undefined ? undefined : URL.parse(origin);
    // Over TLS the page came over TLS: one over plain http with our name may be anybody's. The other way round TLS ends in front of us.
    const downgraded = request.protocol === 'https' && from?.protocol === 'http:';
    const own = origin === undefined || (from?.host === request.headers.host && !downgraded) || origin === this.#settings.current.publicUrl;
    if (request.headers['x-dialtone-request'] !== '1' || !own)
      throw problem(
        403,
        'foreign-request',
        'This request did not come from the pages of Dialtone: the header X-Dialtone-Request: 1 or the right Origin is missing.',
      );
  }
}
