import { Controller, Get, Header, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MeService } from '../auth/me.service.ts';
import { setSessionCookie } from '../auth/session-cookie.ts';
import { SessionsService } from '../auth/sessions.service.ts';
import {
  AdminActor,
  type AdminPrincipal,
  clientAddress,
  idParam,
  problem,
  Returns,
  ReturnsFile,
  Roles,
  SubscriberActor,
  type SubscriberPrincipal,
} from '../http/index.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import { deviceSettings, provisioningLink, provisioningToken, sipPasswordAnswer } from './devices.schema.ts';
import { ProvisioningService } from './provisioning.service.ts';

@ApiTags('devices')
@Controller()
export class DevicesController {
  readonly #provisioning: ProvisioningService;
  readonly #subscribers: SubscribersService;
  readonly #me: MeService;
  readonly #sessions: SessionsService;

  constructor(provisioning: ProvisioningService, subscribers: SubscribersService, me: MeService, sessions: SessionsService) {
    this.#provisioning = provisioning;
    this.#subscribers = subscribers;
    this.#me = me;
    this.#sessions = sessions;
  }

  @Get('me/device-settings')
  @Roles('subscriber')
  @Returns(deviceSettings)
  mySettings(@SubscriberActor() actor: SubscriberPrincipal) {
    return this.#provisioning.settingsOf(actor.subscriberId);
  }

  @Post('me/provisioning-links')
  @Roles('subscriber')
  @Returns(provisioningLink, { status: 201 })
  myLink(@SubscriberActor() actor: SubscriberPrincipal) {
    return this.#provisioning.createLink(actor.subscriberId, actor);
  }

  /**
   * A new SIP password, shown once; phones with the old one stop working. Whoever logs in with the SIP password loses his sessions by it, so
   * this browser gets a new one: it must be able to show the answer.
   */
  @Post('me/sip-password')
  @Roles('subscriber')
  @Returns(sipPasswordAnswer)
  async rotate(
    @SubscriberActor() actor: SubscriberPrincipal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const sipPassword = await this.#subscribers.rotateSipPassword(actor.subscriberId, actor);
    setSessionCookie(request, reply, await this.#sessions.start(await this.#me.account(actor), request));
    return { sipPassword };
  }

  @Get('subscribers/:id/device-settings')
  @Returns(deviceSettings)
  settingsOf(@Param('id', { schema: idParam }) id: number) {
    return this.#provisioning.settingsOf(id);
  }

  @Post('subscribers/:id/provisioning-links')
  @Returns(provisioningLink, { status: 201 })
  linkOf(@Param('id', { schema: idParam }) id: number, @AdminActor() actor: AdminPrincipal) {
    this.#provisioning.settingsOf(id);
    return this.#provisioning.createLink(id, actor);
  }

  /** For a phone that read the QR code. Browsers and chat previews lack the header, and so cannot use the link up. */
  @Get('provision/:token')
  @Roles('public')
  @ReturnsFile('application/xml')
  @Header('content-type', 'application/xml; charset=utf-8')
  async provision(@Param('token', { schema: provisioningToken }) token: string, @Req() request: FastifyRequest) {
    if (request.headers['x-linphone-provisioning'] === undefined)
      throw problem(403, 'not-a-phone', 'This link is for a phone: scan the QR code with Linphone.');
    return this.#provisioning.fetch(token, clientAddress(request));
  }
}
