import { Body, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress, Returns, ReturnsNothing, Roles } from '../http/index.ts';
import { AdminNetworks } from '../settings/admin-networks.ts';
import { AdminsService } from './admins.service.ts';
import { type LoginInput, loginInput, me, sessionState } from './auth.schema.ts';
import { LoginService } from './login.service.ts';
import { MeService } from './me.service.ts';
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts';
import { SessionsService } from './sessions.service.ts';

@ApiTags('session')
@Controller('session')
export class SessionController {
  readonly #login: LoginService;
  readonly #sessions: SessionsService;
  readonly #me: MeService;
  readonly #admins: AdminsService;
  readonly #networks: AdminNetworks;

  constructor(login: LoginService, sessions: SessionsService, meService: MeService, admins: AdminsService, networks: AdminNetworks) {
    this.#login = login;
    this.#sessions = sessions;
    this.#me = meService;
    this.#admins = admins;
    this.#networks = networks;
  }

  /**
   * One form for everybody: administrator's login, number, number@domain or e-mail address. Sets the session cookie. Whoever has a second factor is
   * asked for `code` by 401 `second-factor-required` once his password is right, and sends the three together.
   */
  @Post()
  @Roles('public')
  @Returns(me)
  async logIn(
    @Body({ schema: loginInput }) body: LoginInput,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const account = await this.#login.login(body, clientAddress(request));
    // Only now: before the password is right, nobody learns which logins are administrators'.
    if (account.kind === 'admin' && !this.#networks.allows(clientAddress(request))) throw this.#networks.refusal(request);
    // A session from before is not taken over by the new login.
    if (request.principal?.sessionId) await this.#sessions.end(request.principal.sessionId);
    setSessionCookie(request, reply, await this.#sessions.start(account, request));
    if (account.kind === 'admin') await this.#admins.loggedIn(account.admin);
    return this.#me.describe(account);
  }

  @Get()
  @Roles('public')
  @Returns(sessionState)
  async current(@Req() request: FastifyRequest) {
    return { me: request.principal ? await this.#me.of(request.principal) : null };
  }

  @Delete()
  @Roles('public')
  @ReturnsNothing()
  async logOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    if (request.principal?.sessionId) await this.#sessions.end(request.principal.sessionId);
    clearSessionCookie(request, reply);
  }
}
