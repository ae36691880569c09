import { Body, Controller, Delete, Get, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, idParam, type Principal, Returns, ReturnsNothing } from '../http/index.ts';
import {
  type ConferenceRoomPatch,
  conferenceRoom,
  conferenceRoomList,
  conferenceRoomPatch,
  type LockRoom,
  lockRoom,
  type MuteMember,
  memberId,
  muteMember,
  type NewConferenceRoom,
  newConferenceRoom,
  roomNumber,
} from './conference.schemas.ts';
import { ConferenceService } from './conference.service.ts';

@ApiTags('services')
@Controller('conference-rooms')
export class ConferenceController {
  readonly #conference: ConferenceService;

  constructor(conference: ConferenceService) {
    this.#conference = conference;
  }

  @Get()
  @ApiOperation({ summary: 'Conference rooms, and who is in them now' })
  @Returns(conferenceRoomList)
  list() {
    return this.#conference.list();
  }

  @Post()
  @ApiOperation({ summary: 'Set up a room' })
  @Returns(conferenceRoom, { status: 201 })
  create(@Body({ schema: newConferenceRoom }) body: NewConferenceRoom, @Actor() actor: Principal) {
    return this.#conference.create(body, actor);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a room' })
  @Returns(conferenceRoom)
  update(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: conferenceRoomPatch }) body: ConferenceRoomPatch,
    @Actor() actor: Principal,
  ) {
    return this.#conference.update(id, body, actor);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Take a room away. Whoever is in it goes on talking' })
  @ReturnsNothing()
  remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    return this.#conference.remove(id, actor);
  }

  @Put(':number/lock')
  @ApiOperation({ summary: 'Let nobody else into a room that people are in, or let them in again' })
  @ReturnsNothing()
  lock(
    @Param('number', { schema: roomNumber }) number: string,
    @Body({ schema: lockRoom }) body: LockRoom,
    @Actor() actor: Principal,
  ): Promise<void> {
    return this.#conference.lock(number, body.locked, actor);
  }

  @Put(':number/members/:member/mute')
  @ApiOperation({ summary: 'Mute somebody in a conference' })
  @ReturnsNothing()
  mute(
    @Param('number', { schema: roomNumber }) number: string,
    @Param('member', { schema: memberId }) member: string,
    @Body({ schema: muteMember }) body: MuteMember,
    @Actor() actor: Principal,
  ): Promise<void> {
    return this.#conference.mute(number, member, body.muted, actor);
  }

  @Delete(':number/members/:member')
  @ApiOperation({ summary: 'Put somebody out of a conference' })
  @ReturnsNothing()
  kick(
    @Param('number', { schema: roomNumber }) number: string,
    @Param('member', { schema: memberId }) member: string,
    @Actor() actor: Principal,
  ): Promise<void> {
    return this.#conference.kick(number, member, actor);
  }
}
