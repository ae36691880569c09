import { Body, Controller, Get, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Actor, AllowedWithoutSecondFactor, type Principal, Returns, ReturnsNothing, Roles } from '../http/index.ts';
import { type MePatch, me, mePatch, type PasswordChange, passwordChange } from './auth.schema.ts';
import { MeService } from './me.service.ts';
import { setSessionCookie } from './session-cookie.ts';
import { SessionsService } from './sessions.service.ts';

@ApiTags('me')
@Controller('me')
@Roles('admin', 'subscriber')
export class MeController {
  readonly #me: MeService;
  readonly #sessions: SessionsService;

  constructor(meService: MeService, sessions: SessionsService) {
    this.#me = meService;
    this.#sessions = sessions;
  }

  @Get()
  @AllowedWithoutSecondFactor()
  @Returns(me)
  read(@Actor() actor: Principal) {
    return this.#me.of(actor);
  }

  @Patch()
  @Returns(me)
  change(@Body({ schema: mePatch }) body: MePatch, @Actor() actor: Principal) {
    return this.#me.update(actor, body);
  }

  /** Ends all sessions of the account and opens a new one for this browser. */
  @Post('password')
  @ReturnsNothing()
  async changePassword(
    @Body({ schema: passwordChange }) body: PasswordChange,
    @Actor() actor: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const account = await this.#me.changePassword(actor, body.current, body.password);
    setSessionCookie(request, reply, await this.#sessions.start(account, request));
  }
}
