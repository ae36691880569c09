import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { clientAddress, Returns, ReturnsNothing, Roles } from '../http/index.ts';
import { accepted, type ResetConfirm, type ResetRequest, resetConfirm, resetRequest } from './auth.schema.ts';
import { PasswordResetsService } from './password-resets.service.ts';

@ApiTags('session')
@Controller('password-resets')
@Roles('public')
export class PasswordResetsController {
  readonly #resets: PasswordResetsService;
  constructor(resets: PasswordResetsService) {
    this.#resets = resets;
  }

  /** Sends a mail with a link if there is such an account with an e-mail address; the answer is the same if not. */
  @Post()
  @Returns(accepted, { status: 202 })
  async request(@Body({ schema: resetRequest }) body: ResetRequest, @Req() request: FastifyRequest) {
    await this.#resets.request(body.login, clientAddress(request));
    return { status: 'accepted' as const };
  }

  /** Sets the new password and ends all sessions of the account. */
  @Post('confirm')
  @ReturnsNothing()
  async confirm(@Body({ schema: resetConfirm }) body: ResetConfirm, @Req() request: FastifyRequest): Promise<void> {
    await this.#resets.confirm(body.token, body.password, clientAddress(request));
  }
}
