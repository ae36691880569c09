import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Directory } from '../directory/directory.ts';
import { problem, Returns, Roles, SubscriberActor, type SubscriberPrincipal } from '../http/index.ts';
import { type MyPermissions, myPermissions } from './subscriber.schemas.ts';

/** What a subscriber may do, as the next call would see it. */
@ApiTags('me')
@Controller('me/permissions')
@Roles('subscriber')
export class MyPermissionsController {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  @Get()
  @ApiOperation({ summary: 'What I may call, and how many calls at once' })
  @Returns(myPermissions)
  read(@SubscriberActor() actor: SubscriberPrincipal): MyPermissions {
    const own = this.#directory.subscriberById(actor.subscriberId);
    if (!own) throw problem(404, 'not-found', 'There is no such subscriber.');
    const abroad = own.groups.includes('int');
    return {
      abroad,
      abroadFree: abroad && own.groups.includes('free-pstn'),
      abroadRefusal: abroad ? null : own.selfSignedUp ? 'new-account' : 'not-permitted',
      maxCalls: own.maxCalls,
    };
  }
}
