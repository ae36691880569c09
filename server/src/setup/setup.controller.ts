import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminsService } from '../auth/admins.service.ts';
import { me } from '../auth/auth.schema.ts';
import { MeService } from '../auth/me.service.ts';
import { setSessionCookie } from '../auth/session-cookie.ts';
import { SessionsService } from '../auth/sessions.service.ts';
import { HostStateReader } from '../host/host-state.ts';
import { AllowedBeforeSetup, clientAddress, Returns, Roles } from '../http/index.ts';
import { AdminNetworks } from '../settings/admin-networks.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { VERSION } from '../settings/version.ts';
import { publicInfo, type SetupInput, setupInput } from './setup.schema.ts';
import { SetupService } from './setup.service.ts';

@ApiTags('setup')
@Controller()
@Roles('public')
export class SetupController {
  readonly #setup: SetupService;
  readonly #admins: AdminsService;
  readonly #settings: SettingsService;
  readonly #sessions: SessionsService;
  readonly #me: MeService;
  readonly #networks: AdminNetworks;
  readonly #host: HostStateReader;

  constructor(
    setup: SetupService,
    admins: AdminsService,
    settings: SettingsService,
    sessions: SessionsService,
    meService: MeService,
    networks: AdminNetworks,
    host: HostStateReader,
  ) {
    this.#setup = setup;
    this.#admins = admins;
    this.#settings = settings;
    this.#sessions = sessions;
    this.#me = meService;
    this.#networks = networks;
    this.#host = host;
  }

  @Get('public/info')
  @Returns(publicInfo)
  async info() {
    const { operatorName, sipDomain, currency, signupPolicy, terms, defaultLanguage, timeZone } = this.#settings.current;
    const about = { product: 'Dialtone' as const, version: VERSION, setupNeeded: this.#admins.setupNeeded, languages: ['en', 'es'] };
    const demo = (await this.#host.current())?.demo === true;
    return { ...about, operatorName, domain: sipDomain, currency, signupPolicy, terms, defaultLanguage, timeZone, demo };
  }

  /** Makes the first administrator and logs him in. Needs the code that the start printed. */
  @Post('setup')
  @AllowedBeforeSetup()
  @Returns(me, { status: 201 })
  async complete(
    @Body({ schema: setupInput }) body: SetupInput,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (!this.#networks.allows(clientAddress(request))) throw this.#networks.refusal(request);
    const admin = await this.#setup.complete(body, clientAddress(request), request.headers.origin);
    const account = { kind: 'admin' as const, admin };
    setSessionCookie(request, reply, await this.#sessions.start(account, request));
    return this.#me.describe(account);
  }
}
