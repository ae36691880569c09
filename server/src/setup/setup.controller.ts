import { Body, Controller, Get, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AdminsService } from '../auth/admins.service.ts';
import { me } from '../auth/auth.schema.ts';
import { MeService } from '../auth/me.service.ts';
import { setSessionCookie } from '../auth/session-cookie.ts';
import { SessionsService } from '../auth/sessions.service.ts';
import { HostStateReader } from '../host/host-state.ts';
import { Actor, AllowedBeforeSetup, clientAddress, type Principal, problem, Returns, ReturnsNothing, Roles } from '../http/index.ts';
import { AdminNetworks } from '../settings/admin-networks.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { VERSION } from '../settings/version.ts';
import {
  health,
  publicInfo,
  type SetupCodeInput,
  type SetupInput,
  type SetupStepKey,
  setupCodeAnswer,
  setupCodeInput,
  setupInput,
  setupStepInput,
  setupStepKey,
  setupSteps,
} from './setup.schema.ts';
import { SetupService } from './setup.service.ts';
import { SetupStepsService } from './setup-steps.service.ts';

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
  readonly #steps: SetupStepsService;

  constructor(
    setup: SetupService,
    admins: AdminsService,
    settings: SettingsService,
    sessions: SessionsService,
    meService: MeService,
    networks: AdminNetworks,
    host: HostStateReader,
    steps: SetupStepsService,
  ) {
    this.#steps = steps;
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
    return {
      ...about,
      operatorName,
      domain: sipDomain,
      currency,
      signupPolicy,
      terms,
      defaultLanguage,
      timeZone,
      demo,
      sendsMail: this.#settings.smtpUrl !== null,
    };
  }

  /** For whoever watches over this process: it answers. */
  @Get('public/health')
  @Returns(health)
  health() {
    return { status: 'ok' as const, version: VERSION };
  }

  /** Whether the code is right, before the rest is filled in. */
  @Post('setup/check')
  @AllowedBeforeSetup()
  @ApiOperation({ summary: 'Whether a set-up code is right' })
  @ReturnsNothing()
  check(@Body({ schema: setupCodeInput }) body: SetupCodeInput, @Req() request: FastifyRequest): void {
    if (!this.#networks.allows(clientAddress(request))) throw this.#networks.refusal(request);
    this.#setup.checkCode(body.code, clientAddress(request));
  }

  @Get('setup/code')
  @Roles('admin')
  @ApiOperation({ summary: 'The set-up code, for the console of the machine (admin token)' })
  @Returns(setupCodeAnswer)
  code() {
    const { code } = this.#setup;
    if (code === undefined) throw problem(409, 'setup-done', 'Dialtone is set up already. Log in.');
    return { code };
  }

  @Post('setup/code')
  @Roles('admin')
  @AllowedBeforeSetup()
  @ApiOperation({ summary: 'Make a new set-up code (admin token)' })
  @Returns(setupCodeAnswer)
  async newCode(@Actor() actor: Principal) {
    return { code: await this.#setup.renewCode(actor) };
  }

  @Get('setup/steps')
  @Roles('admin')
  @ApiOperation({ summary: 'What is set up, and what was left for later' })
  @Returns(setupSteps)
  async steps() {
    return { items: await this.#steps.list() };
  }

  @Put('setup/steps/:key')
  @Roles('admin')
  @ApiOperation({ summary: 'Say that a step is taken, or left for later' })
  @Returns(setupSteps)
  async say(
    @Param('key', { schema: setupStepKey }) key: SetupStepKey,
    @Body({ schema: setupStepInput }) body: z.infer<typeof setupStepInput>,
  ) {
    await this.#steps.say(key, body.state);
    return this.steps();
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
    await this.#admins.loggedIn(admin);
    return this.#me.describe(account);
  }
}
