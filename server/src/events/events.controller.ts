import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionsService } from '../auth/sessions.service.ts';
import { Actor, actorName, clientAddress, type Principal, ReturnsFile, Roles, tooMany } from '../http/index.ts';
import { AdminNetworks } from '../settings/admin-networks.ts';
import type { Viewer } from './event-stream.ts';
import { EventsService } from './events.service.ts';

/** Streams one person may have open at once: enough for tabs on several machines, too few to exhaust the server. */
const streamsPerPerson = 30;
/** A listener that has this much unread is gone or hopelessly slow; it comes back with its Last-Event-ID. */
const maxUnreadBytes = 1_000_000;

@ApiTags('events')
@Controller('events')
export class EventsController {
  readonly #events: EventsService;
  readonly #sessions: SessionsService;
  readonly #networks: AdminNetworks;

  constructor(events: EventsService, sessions: SessionsService, networks: AdminNetworks) {
    this.#events = events;
    this.#sessions = sessions;
    this.#networks = networks;
  }

  @Get()
  @Roles('admin', 'subscriber')
  @ApiOperation({ summary: 'Live news as server-sent events. Comes back with Last-Event-ID; `resync` says: fetch everything again' })
  @ReturnsFile('text/event-stream')
  stream(@Actor() actor: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const viewer: Viewer = actor.kind === 'admin' ? { role: 'admin' } : { role: 'subscriber', subscriberId: actor.subscriberId };
    const owner = actorName(actor);
    const address = clientAddress(request);
    if (this.#events.countFor(owner) >= streamsPerPerson) throw tooMany(5, 'Too many live pages are open. Close some of them.');
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    raw.socket?.setNoDelay(true);
    const lastId = request.headers['last-event-id'];
    const stop = this.#events.listen(
      {
        viewer,
        owner,
        send: (frame) => {
          if (raw.destroyed || raw.writableLength > maxUnreadBytes) return false;
          raw.write(frame);
          return true;
        },
        stillAllowed: () =>
          (actor.kind !== 'admin' || this.#networks.allows(address)) &&
          (actor.sessionId === null || this.#sessions.stillValid(actor.sessionId)),
        close: () => raw.end(),
      },
      typeof lastId === 'string' ? lastId : undefined,
    );
    raw.on('close', stop);
    raw.on('error', stop);
  }
}
