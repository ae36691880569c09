import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { clientAddress, Returns, Roles, SubscriberActor, type SubscriberPrincipal } from '../http/index.ts';
import { accepted, type EmailChange, type EmailConfirm, emailChange, emailChanged, emailConfirm } from './auth.schema.ts';
import { EmailChangesService } from './email-changes.service.ts';

@ApiTags('me')
@Controller()
export class EmailChangesController {
  readonly #changes: EmailChangesService;
  constructor(changes: EmailChangesService) {
    this.#changes = changes;
  }

  /** Sends a link to the new address; it becomes mine when the link is opened. */
  @Post('me/email-changes')
  @Roles('subscriber')
  @Returns(accepted, { status: 202 })
  async request(@Body({ schema: emailChange }) body: EmailChange, @SubscriberActor() actor: SubscriberPrincipal) {
    await this.#changes.request(actor, body.email, body.password);
    return { status: 'accepted' as const };
  }

  /** Where the link of the mail leads. Needs no login: it may be opened on another device. */
  @Post('email-changes/confirm')
  @Roles('public')
  @Returns(emailChanged)
  async confirm(@Body({ schema: emailConfirm }) body: EmailConfirm, @Req() request: FastifyRequest) {
    return { email: await this.#changes.confirm(body.token, clientAddress(request)) };
  }
}
