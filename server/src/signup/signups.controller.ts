import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accepted } from '../auth/auth.schema.ts';
import { setSessionCookie } from '../auth/session-cookie.ts';
import { SessionsService } from '../auth/sessions.service.ts';
import { ProvisioningService } from '../devices/provisioning.service.ts';
import { AdminActor, type AdminPrincipal, clientAddress, idParam, Returns, Roles, timeOf, timeOrNull } from '../http/index.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import type { SignupEntity } from './signup.entity.ts';
import {
  type NewSignup,
  newSignup,
  type SignupConfirm,
  type SignupConfirmed,
  type SignupQuery,
  type SignupRejection,
  signup,
  signupConfirm,
  signupConfirmed,
  signupPage,
  signupQuery,
  signupRejection,
} from './signup.schema.ts';
import { SignupsService } from './signups.service.ts';

const shown = (row: SignupEntity) => ({
  ...row,
  createdAt: timeOf(row.createdAt),
  expiresAt: timeOf(row.expiresAt),
  confirmedAt: timeOrNull(row.confirmedAt),
  decidedAt: timeOrNull(row.decidedAt),
});

@ApiTags('signups')
@Controller('signups')
export class SignupsController {
  readonly #signups: SignupsService;
  readonly #sessions: SessionsService;
  readonly #subscribers: SubscribersService;
  readonly #provisioning: ProvisioningService;

  constructor(signups: SignupsService, sessions: SessionsService, subscribers: SubscribersService, provisioning: ProvisioningService) {
    this.#signups = signups;
    this.#sessions = sessions;
    this.#subscribers = subscribers;
    this.#provisioning = provisioning;
  }

  /** Sends a mail with a link. The answer does not tell whether the address has an account. */
  @Post()
  @Roles('public')
  @Returns(accepted, { status: 202 })
  async begin(@Body({ schema: newSignup }) body: NewSignup, @Req() request: FastifyRequest) {
    await this.#signups.begin(body, clientAddress(request));
    return { status: 'accepted' as const };
  }

  /** Opens the account, or hands it to an administrator. The SIP password is in this answer and nowhere else. */
  @Post('confirm')
  @Roles('public')
  @Returns(signupConfirmed)
  async confirm(
    @Body({ schema: signupConfirm }) body: SignupConfirm,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignupConfirmed> {
    const result = await this.#signups.confirm(body.token, clientAddress(request));
    if (result.status === 'pending') return { status: 'pending', number: null, sipPassword: null, device: null, provisioning: null };
    const subscriber = await this.#subscribers.loginSubject(result.subscriberId);
    if (subscriber) setSessionCookie(request, reply, await this.#sessions.start({ kind: 'subscriber', subscriber }, request));
    return {
      status: 'active',
      number: result.number,
      sipPassword: result.sipPassword,
      device: this.#provisioning.settingsOf(result.subscriberId),
      provisioning: await this.#provisioning.createLink(result.subscriberId, 'system'),
    };
  }

  @Get()
  @Returns(signupPage)
  async list(@Query({ schema: signupQuery }) query: SignupQuery) {
    const { rows, total } = await this.#signups.list(query);
    return { items: rows.map(shown), total, page: query.page, pageSize: query.pageSize };
  }

  /** Makes him a subscriber and tells him by mail; he sees his SIP password by making a new one on his pages. */
  @Post(':id/approve')
  @Returns(signup)
  async approve(@Param('id', { schema: idParam }) id: number, @AdminActor() actor: AdminPrincipal) {
    return shown(await this.#signups.approve(id, actor));
  }

  @Post(':id/reject')
  @Returns(signup)
  async reject(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: signupRejection }) body: SignupRejection,
    @AdminActor() actor: AdminPrincipal,
  ) {
    return shown(await this.#signups.reject(id, body.reason, actor));
  }
}
