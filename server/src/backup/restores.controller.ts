import type {} from '@fastify/multipart';
import { Body, Controller, Delete, Get, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  Actor,
  AllowedWithSetupCode,
  fieldProblem,
  type Principal,
  problem,
  Returns,
  ReturnsNothing,
  timeOf,
  timeOrNull,
} from '../http/index.ts';
import { ArchivesService } from './archives.service.ts';
import {
  archiveList,
  type HostKeyInput,
  hostKey,
  hostKeyInput,
  type RestoreApply,
  type RestoreFetch,
  type RestoreOpen,
  type RestoreSource,
  type RestoreSourceBody,
  restore,
  restoreApply,
  restoreFetch,
  restoreId,
  restoreOpen,
  restoreSourceBody,
  stickList,
} from './backup.schemas.ts';
import { PlaceProblems } from './place-problems.ts';
import { Places } from './places/places.ts';
import { hostKeyOf } from './places/sftp-place.ts';
import type { Place } from './plan/backup-plan.ts';
import { PlanService } from './plan/plan.service.ts';
import { RestoresService } from './restore/restores.service.ts';

/** No limit but the room on the disk. */
const FILE_LIMIT = Number.MAX_SAFE_INTEGER;

/** For administrators; on a new machine also for whoever has the set-up code of its console. */
@ApiTags('restores')
@Controller('restores')
@AllowedWithSetupCode()
@UseInterceptors(PlaceProblems)
export class RestoresController {
  readonly #restores: RestoresService;
  readonly #archives: ArchivesService;
  readonly #plan: PlanService;
  readonly #places: Places;

  constructor(restores: RestoresService, archives: ArchivesService, plan: PlanService, places: Places) {
    this.#restores = restores;
    this.#archives = archives;
    this.#plan = plan;
    this.#places = places;
  }

  @Post()
  @ApiOperation({ summary: 'Upload an encrypted backup to restore; nothing is changed yet' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } } })
  @Returns(restore, { status: 201 })
  async upload(@Req() request: FastifyRequest) {
    if (!request.isMultipart()) throw problem(415, 'wrong-content-type', 'Send the file as multipart/form-data, in a part named file.');
    const part = await request.file({ limits: { fileSize: FILE_LIMIT, files: 1 } });
    if (part?.fieldname !== 'file') throw fieldProblem('file', 'required', 'The file is missing: send it in a part named file');
    const announced = Number(request.headers['content-length']);
    return await this.#restores.receive(part.filename || 'backup', part.file, Number.isSafeInteger(announced) ? announced : undefined);
  }

  @Get('sticks')
  @ApiOperation({ summary: 'USB sticks that a backup may lie on' })
  @Returns(stickList)
  async sticks() {
    return { kinds: this.#places.kinds, items: await this.#places.sticks() };
  }

  @Post('host-key')
  @ApiOperation({ summary: 'Ask an SFTP server for its key; nothing secret is sent' })
  @Returns(hostKey)
  async hostKey(@Body({ schema: hostKeyInput }) body: HostKeyInput) {
    return { hostKey: await hostKeyOf(body.host, body.port) };
  }

  @Post('list')
  @ApiOperation({ summary: 'Encrypted backups at a place' })
  @Returns(archiveList)
  async list(@Body({ schema: restoreSourceBody }) body: RestoreSourceBody) {
    const found = await this.#archives.list(await this.#source(body.source));
    return { items: found.map((one) => ({ ...one, createdAt: timeOf(one.createdAt), verifiedAt: timeOrNull(one.verifiedAt) })) };
  }

  @Post('fetch')
  @ApiOperation({ summary: 'Fetch an encrypted backup from a place to restore it; nothing is changed yet' })
  @Returns(restore, { status: 202 })
  async fetch(@Body({ schema: restoreFetch }) body: RestoreFetch) {
    return await this.#restores.fetch(await this.#source(body.source), body.name);
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far a restore is, what is wrong, and what is in the backup' })
  @Returns(restore)
  get(@Param('id', { schema: restoreId }) id: string) {
    return this.#restores.get(id);
  }

  @Post(':id/open')
  @ApiOperation({ summary: 'Try a passphrase; a wrong one can be corrected without another upload' })
  @Returns(restore, { status: 202 })
  open(@Param('id', { schema: restoreId }) id: string, @Body({ schema: restoreOpen }) body: RestoreOpen) {
    return this.#restores.open(id, body.passphrase);
  }

  @Post(':id/apply')
  @ApiOperation({ summary: 'Put the backup in the place of all data: the server ends, and its next start does it' })
  @ReturnsNothing()
  async apply(
    @Param('id', { schema: restoreId }) id: string,
    @Body({ schema: restoreApply }) body: RestoreApply,
    @Actor() actor: Principal,
  ): Promise<void> {
    await this.#restores.apply(id, body, actor);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Forget an uploaded backup' })
  @ReturnsNothing()
  async cancel(@Param('id', { schema: restoreId }) id: string): Promise<void> {
    await this.#restores.cancel(id);
  }

  async #source(source: RestoreSource): Promise<Place> {
    return source.kind === 'plan' ? this.#plan.listed('place') : this.#plan.place(source);
  }
}
