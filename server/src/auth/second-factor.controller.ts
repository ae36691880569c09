import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminActor, type AdminPrincipal, AllowedWithoutSecondFactor, problem, Returns, ReturnsNothing } from '../http/index.ts';
import type { AdminEntity } from './admin.entity.ts';
import { LoginService } from './login.service.ts';
import { MeService } from './me.service.ts';
import {
  recoveryCodes,
  type SecondFactorBegin,
  type SecondFactorConfirm,
  type SecondFactorProof,
  secondFactor,
  secondFactorBegin,
  secondFactorConfirm,
  secondFactorEnrolment,
  secondFactorProof,
} from './second-factor.schema.ts';
import { codeWrong, SecondFactorsService } from './second-factors.service.ts';
import { setSessionCookie } from './session-cookie.ts';
import { SessionsService } from './sessions.service.ts';

const PASSWORD_WRONG = 'The present password is wrong.';

/** The own second factor of the administrator who is logged in; nobody reaches another's. */
@ApiTags('me')
@Controller('me/second-factor')
@AllowedWithoutSecondFactor()
export class SecondFactorController {
  readonly #factors: SecondFactorsService;
  readonly #me: MeService;
  readonly #login: LoginService;
  readonly #sessions: SessionsService;

  constructor(factors: SecondFactorsService, meService: MeService, login: LoginService, sessions: SessionsService) {
    this.#factors = factors;
    this.#me = meService;
    this.#login = login;
    this.#sessions = sessions;
  }

  @Get()
  @Returns(secondFactor)
  async read(@AdminActor() actor: AdminPrincipal) {
    return this.#factors.of(await this.#own(actor));
  }

  /** A secret for the app, shown this once. Nothing changes before a code of it is confirmed. */
  @Post()
  @Returns(secondFactorEnrolment)
  async begin(@Body({ schema: secondFactorBegin }) body: SecondFactorBegin, @AdminActor() actor: AdminPrincipal) {
    const admin = await this.#own(actor);
    await this.#checkPassword(admin, body.password);
    return this.#factors.begin(admin);
  }

  /** Switches it on, gives the recovery codes, ends all sessions of the account and opens a new one for this browser. */
  @Post('confirm')
  @Returns(recoveryCodes)
  async confirm(
    @Body({ schema: secondFactorConfirm }) body: SecondFactorConfirm,
    @AdminActor() actor: AdminPrincipal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const codes = await this.#factors.enable(await this.#own(actor), body.code, actor);
    if (!codes) throw codeWrong(403);
    await this.#newSession(actor, request, reply);
    return { recoveryCodes: codes };
  }

  /** New recovery codes in place of all of before. */
  @Post('recovery-codes')
  @Returns(recoveryCodes)
  async renew(@Body({ schema: secondFactorProof }) body: SecondFactorProof, @AdminActor() actor: AdminPrincipal) {
    const admin = await this.#own(actor);
    await this.#prove(admin, body);
    return { recoveryCodes: await this.#factors.renewCodes(admin, actor) };
  }

  /** Switches it off, ends all sessions of the account and opens a new one for this browser. */
  @Post('off')
  @ReturnsNothing()
  async disable(
    @Body({ schema: secondFactorProof }) body: SecondFactorProof,
    @AdminActor() actor: AdminPrincipal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const admin = await this.#own(actor);
    await this.#prove(admin, body);
    await this.#factors.disable(admin, actor);
    await this.#newSession(actor, request, reply);
  }

  async #own(actor: AdminPrincipal): Promise<AdminEntity> {
    const account = await this.#me.account(actor);
    if (account.kind !== 'admin') throw problem(403, 'not-allowed', 'Only an administrator may do this.');
    return account.admin;
  }

  async #checkPassword(admin: AdminEntity, password: string): Promise<void> {
    if (!(await this.#login.confirm({ kind: 'admin', admin }, password)))
      throw problem(403, 'password-wrong', PASSWORD_WRONG, [{ field: 'password', code: 'password-wrong', message: PASSWORD_WRONG }]);
  }

  /** The password first: a wrong one uses no code up. */
  async #prove(admin: AdminEntity, proof: SecondFactorProof): Promise<void> {
    if (admin.secondFactorSince === null) throw problem(409, 'second-factor-off', 'There is no second factor.');
    await this.#checkPassword(admin, proof.password);
    if (!(await this.#factors.accepts(admin, proof.code))) throw codeWrong(403);
  }

  async #newSession(actor: AdminPrincipal, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    setSessionCookie(request, reply, await this.#sessions.start(await this.#me.account(actor), request));
  }
}
