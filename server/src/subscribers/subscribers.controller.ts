import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { hashPassword } from '../auth/passwords.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { Actor, BodyLimit, idParam, type Principal, Returns, ReturnsNothing, timeOf } from '../http/index.ts';
import { micros } from '../money/money.ts';
import { generateSipPassword } from './sip-credentials.ts';
import {
  type BulkAction,
  bulkAction,
  bulkResult,
  createdSubscriber,
  type GroupList,
  groupList,
  type NewNote,
  type NewPortalPassword,
  type NewSipPassword,
  type NewSubscriber,
  newNote,
  newPortalPassword,
  newSipPassword,
  newSubscriber,
  note,
  noteList,
  type SubscriberImport,
  type SubscriberPatch,
  type SubscriberQuery,
  shownSipPassword,
  subscriberDetail,
  subscriberImport,
  subscriberImportResult,
  subscriberPage,
  subscriberPatch,
  subscriberQuery,
} from './subscriber.schemas.ts';
import { SubscriberClosing } from './subscriber-closing.ts';
import { SubscriberImporter } from './subscriber-importer.ts';
import { SubscriberNotesService } from './subscriber-notes.service.ts';
import { SubscriberViews } from './subscriber-views.ts';
import { SubscribersService } from './subscribers.service.ts';

/** Below this a SIP password is guessed sooner or later; it is still taken, for phones that allow no more. */
const weakBelow = 10;
const isWeak = (password: string | undefined): boolean => password !== undefined && password.length < weakBelow;

@ApiTags('subscribers')
@Controller('subscribers')
export class SubscribersController {
  readonly #uow: UnitOfWork;
  readonly #subscribers: SubscribersService;
  readonly #views: SubscriberViews;
  readonly #importer: SubscriberImporter;
  readonly #closing: SubscriberClosing;
  readonly #notes: SubscriberNotesService;
  readonly #directory: Directory;

  constructor(
    @Inject(UnitOfWork) uow: UnitOfWork,
    @Inject(SubscribersService) subscribers: SubscribersService,
    @Inject(SubscriberViews) views: SubscriberViews,
    @Inject(SubscriberImporter) importer: SubscriberImporter,
    @Inject(SubscriberClosing) closing: SubscriberClosing,
    @Inject(SubscriberNotesService) notes: SubscriberNotesService,
    @Inject(Directory) directory: Directory,
  ) {
    this.#uow = uow;
    this.#subscribers = subscribers;
    this.#views = views;
    this.#importer = importer;
    this.#closing = closing;
    this.#notes = notes;
    this.#directory = directory;
  }

  @Get()
  @ApiOperation({ summary: 'Subscribers, filtered, sorted and paged by the server' })
  @Returns(subscriberPage)
  list(@Query({ schema: subscriberQuery }) query: SubscriberQuery) {
    return this.#views.list(query);
  }

  @Post()
  @ApiOperation({ summary: 'Add a subscriber. A password made for him is shown in this answer only' })
  @Returns(createdSubscriber, { status: 201 })
  async create(@Body({ schema: newSubscriber }) body: NewSubscriber, @Actor() actor: Principal) {
    const sipPassword = body.sipPassword ?? generateSipPassword();
    const portalPasswordHash = body.portalPassword === undefined ? null : await hashPassword(body.portalPassword);
    const row = await this.#uow.write((m) =>
      this.#subscribers.create(
        m,
        {
          number: body.number,
          domain: body.domain ?? this.#directory.settings.domain,
          displayName: body.displayName ?? '',
          email: body.email ?? null,
          language: body.language ?? 'en',
          sipPassword,
          portalPasswordHash,
          selfSignedUp: false,
          groups: body.groups ?? ['local', 'voicemail'],
          maxCalls: body.maxCalls ?? 4,
          kind: body.kind ?? 'prepaid',
          dailyCap: body.dailyCap ?? null,
          creditLimit: body.creditLimit ?? micros(0),
          startCredit: body.balance ?? micros(0),
          callerId: body.callerId ?? null,
          ...(body.tariffId !== undefined && { tariffId: body.tariffId }),
        },
        actor,
      ),
    );
    const made = body.sipPassword === undefined ? sipPassword : null;
    return { subscriber: await this.#views.detail(row.id), sipPassword: made, weakPassword: isWeak(body.sipPassword) };
  }

  @Post('import')
  @ApiOperation({ summary: 'Add many from CSV (number,password,balance and optional others): all rows or none' })
  @BodyLimit(40 * 1024 * 1024)
  @Returns(subscriberImportResult)
  import(@Body({ schema: subscriberImport }) body: SubscriberImport, @Actor() actor: Principal) {
    return this.#importer.import(body, actor);
  }

  @Post('bulk')
  @ApiOperation({ summary: 'One change to many subscribers: all or none' })
  @Returns(bulkResult)
  async bulk(@Body({ schema: bulkAction }) body: BulkAction, @Actor() actor: Principal) {
    return { changed: await this.#subscribers.bulk(body, actor) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One subscriber' })
  @Returns(subscriberDetail)
  get(@Param('id', { schema: idParam }) id: number) {
    return this.#views.detail(id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a subscriber' })
  @Returns(subscriberDetail)
  async update(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: subscriberPatch }) body: SubscriberPatch,
    @Actor() actor: Principal,
  ) {
    await this.#subscribers.update(id, body, actor);
    return this.#views.detail(id);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Close a subscriber: phones and numbers are taken away, calls and ledger stay for the books' })
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    await this.#closing.close(id, actor);
  }

  @Post(':id/sip-password')
  @ApiOperation({ summary: 'New SIP password; without one given a strong one is made and shown in this answer only' })
  @Returns(shownSipPassword)
  async sipPassword(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: newSipPassword }) body: NewSipPassword,
    @Actor() actor: Principal,
  ) {
    const password = await this.#subscribers.rotateSipPassword(id, actor, body.password);
    return { sipPassword: body.password === undefined ? password : null, weakPassword: isWeak(body.password) };
  }

  @Post(':id/portal-password')
  @ApiOperation({ summary: 'Set the password of the pages' })
  @ReturnsNothing()
  async portalPassword(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: newPortalPassword }) body: NewPortalPassword,
    @Actor() actor: Principal,
  ): Promise<void> {
    await this.#subscribers.setPortalPasswordHash(id, await hashPassword(body.password), actor);
  }

  @Put(':id/groups')
  @ApiOperation({ summary: 'Set the groups of the access list' })
  @Returns(subscriberDetail)
  async groups(@Param('id', { schema: idParam }) id: number, @Body({ schema: groupList }) body: GroupList, @Actor() actor: Principal) {
    await this.#subscribers.setGroups(id, body.groups, actor);
    return this.#views.detail(id);
  }

  @Get(':id/notes')
  @ApiOperation({ summary: 'Notes of the administrators about a subscriber, newest first' })
  @Returns(noteList)
  async notes(@Param('id', { schema: idParam }) id: number) {
    const notes = await this.#notes.list(id);
    return { items: notes.map((entry) => ({ ...entry, createdAt: timeOf(entry.createdAt) })) };
  }

  @Post(':id/notes')
  @ApiOperation({ summary: 'Write a note' })
  @Returns(note, { status: 201 })
  async addNote(@Param('id', { schema: idParam }) id: number, @Body({ schema: newNote }) body: NewNote, @Actor() actor: Principal) {
    const entry = await this.#notes.add(id, body.text, actor);
    return { ...entry, createdAt: timeOf(entry.createdAt) };
  }
}
