import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { AppRegistry } from '../calls/answer/app-call.ts';
import { MEDIA_SERVICES } from '../calls/answer/media-services.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { EventsService } from '../events/events.service.ts';
import { type Principal, problem, timeOf } from '../http/index.ts';
import type { MediaServices } from '../media/endpoint/endpoint.ts';
import { PromptBook } from '../media/prompts/prompt-book.ts';
import { GreetingsService } from '../voicemail/greetings.service.ts';
import type { ConferenceRoomDto, ConferenceRoomList, ConferenceRoomPatch, NewConferenceRoom } from './conference.schemas.ts';
import { conference, PinGuard } from './conference-app.ts';
import { ConferenceRoomEntity } from './conference-room.entity.ts';
import { adHocRoom, type LiveRoom, LiveRooms, MOST_IN_ALL, MOST_IN_ROOM, type RoomSetUp } from './live-rooms.ts';

/** Conference rooms: those set up, and who is in them now. */
@Injectable()
export class ConferenceService implements OnModuleInit {
  readonly live: LiveRooms;
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #audit: AuditService;
  readonly #registry: AppRegistry;
  readonly #greetings: GreetingsService;
  /** By number, as calls find them. */
  #rooms = new Map<string, ConferenceRoomEntity>();

  constructor(
    uow: UnitOfWork,
    reader: DataSource,
    directory: Directory,
    audit: AuditService,
    registry: AppRegistry,
    events: EventsService,
    @Inject(MEDIA_SERVICES) media: MediaServices,
    prompts: PromptBook,
    greetings: GreetingsService,
  ) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#audit = audit;
    this.#registry = registry;
    this.#greetings = greetings;
    this.live = new LiveRooms(media, prompts, (room) => events.publish('conference.changed', { room }));
    media.onSpeaking = (room, endpoints) => this.live.speaking(room, endpoints);
  }

  async onModuleInit(): Promise<void> {
    this.#fill(await this.#reader.getRepository(ConferenceRoomEntity).find());
    this.#registry.register(
      'conference',
      conference({
        ...{ rooms: this.live, pins: new PinGuard() },
        find: (number) => this.find(number),
        recordedName: (subscriberId) => this.#greetings.find(subscriberId, 'name'),
      }),
    );
  }

  /** The room that a caller wants; undefined: nobody set it up, and it may not be opened by dialling. */
  find(number: string): RoomSetUp | undefined {
    const open = this.live.get(number)?.setUp;
    return this.#rooms.get(number) ?? open ?? (this.#directory.settings.adHocConferences ? adHocRoom(number) : undefined);
  }

  list(): ConferenceRoomList {
    const adHoc = this.live.all().filter(({ setUp }) => !this.#rooms.has(setUp.number));
    const items = [
      ...[...this.#rooms.values()].map((row) => this.#dto(row, this.live.get(row.number), row.id)),
      ...adHoc.map((room) => this.#dto(room.setUp, room, null)),
    ].sort((a, b) => b.members.length - a.members.length || a.number.localeCompare(b.number));
    return { items, people: this.live.people, mostPeople: MOST_IN_ALL };
  }

  create(body: NewConferenceRoom, actor: Principal): Promise<ConferenceRoomDto> {
    return this.#uow.write(async (m) => {
      await this.#requireFree(m, body.number);
      const { name = '', pin = null, locked = false, maxMembers = MOST_IN_ROOM, announce = 'tone' } = body;
      const values = { number: body.number, name, pin, locked, maxMembers, announce, createdAt: Date.now() };
      const saved = await m.save(m.create(ConferenceRoomEntity, values));
      await this.#audit.record(actor, 'conference.create', 'conference-room', saved.id, undefined, forAudit(saved));
      await this.#tell(m);
      return this.#dto(saved, this.live.get(saved.number), saved.id);
    });
  }

  update(id: number, patch: ConferenceRoomPatch, actor: Principal): Promise<ConferenceRoomDto> {
    return this.#uow.write(async (m) => {
      const found = await this.#find(m, id);
      const before = forAudit(found);
      if (patch.number !== undefined && patch.number !== found.number) await this.#requireFree(m, patch.number);
      Object.assign(found, patch);
      await m.save(found);
      await this.#audit.record(actor, 'conference.change', 'conference-room', id, before, forAudit(found));
      await this.#tell(m);
      if (patch.locked !== undefined) this.live.lock(found.number, patch.locked);
      return this.#dto(found, this.live.get(found.number), id);
    });
  }

  /** Whoever is in it stays; it is an ad hoc room from then on. */
  remove(id: number, actor: Principal): Promise<void> {
    return this.#uow.write(async (m) => {
      const row = await this.#find(m, id);
      await m.delete(ConferenceRoomEntity, id);
      await this.#audit.record(actor, 'conference.delete', 'conference-room', id, forAudit(row));
      await this.#tell(m);
    });
  }

  async lock(number: string, locked: boolean, actor: Principal): Promise<void> {
    if (!this.live.lock(number, locked)) throw problem(404, 'not-found', 'Nobody is in this room.');
    await this.#audit.record(actor, locked ? 'conference.lock' : 'conference.unlock', 'conference-room', number);
  }

  async mute(number: string, member: string, muted: boolean, actor: Principal): Promise<void> {
    if (!this.live.mute(number, member, muted)) throw problem(404, 'not-found', 'He has left the room already.');
    await this.#audit.record(actor, muted ? 'conference.mute' : 'conference.unmute', 'conference-room', number);
  }

  async kick(number: string, member: string, actor: Principal): Promise<void> {
    if (!this.live.kick(number, member)) throw problem(404, 'not-found', 'He has left the room already.');
    await this.#audit.record(actor, 'conference.kick', 'conference-room', number);
  }

  async #requireFree(m: EntityManager, number: string): Promise<void> {
    if (!(await m.existsBy(ConferenceRoomEntity, { number }))) return;
    throw problem(409, 'room-taken', `Room ${number} is set up already.`, [
      { field: 'number', code: 'taken', message: 'This room is set up already' },
    ]);
  }

  async #find(m: EntityManager, id: number): Promise<ConferenceRoomEntity> {
    const row = await m.findOneBy(ConferenceRoomEntity, { id });
    if (!row) throw problem(404, 'not-found', 'There is no such room.');
    return row;
  }

  async #tell(m: EntityManager): Promise<void> {
    const rows = await m.find(ConferenceRoomEntity);
    this.#uow.afterCommit(() => this.#fill(rows));
  }

  #fill(rows: readonly ConferenceRoomEntity[]): void {
    this.#rooms = new Map(rows.map((row) => [row.number, row]));
  }

  #dto({ number, name, pin, locked, maxMembers, announce }: RoomSetUp, room: LiveRoom | undefined, id: number | null): ConferenceRoomDto {
    const members = [...(room?.members.values() ?? [])].map((member) => ({
      id: member.endpoint.id,
      number: member.number,
      name: member.name,
      subscriberId: member.subscriberId,
      joinedAt: timeOf(member.joinedAt),
      muted: member.muted,
      speaking: member.speaking && !member.muted,
    }));
    return { id, number, name, pin, locked: room?.locked ?? locked, maxMembers, announce, members };
  }
}

/** The audit is read by more people than the PIN is for. */
const forAudit = ({ number, name, pin, locked, maxMembers, announce }: ConferenceRoomEntity) => ({
  ...{ number, name, hasPin: pin !== null, locked, maxMembers, announce },
});
