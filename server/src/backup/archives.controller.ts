import { Body, Controller, Delete, Get, Param, Post, Put, Query, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, type Principal, Returns, ReturnsFile, ReturnsNothing, timeOf, timeOrNull } from '../http/index.ts';
import { type Archive, ArchivesService } from './archives.service.ts';
import {
  archiveList,
  archiveParam,
  type HostKeyInput,
  hostKey,
  hostKeyInput,
  type PassphraseInput,
  type PlaceBody,
  passphraseInput,
  placeBody,
  placeTest,
  type RecoveryKeyConfirm,
  recoveryKey,
  recoveryKeyConfirm,
  stickList,
  type WhereQuery,
  whereQuery,
} from './backup.schemas.ts';
import { PlaceProblems } from './place-problems.ts';
import { Places } from './places/places.ts';
import { hostKeyOf } from './places/sftp-place.ts';
import { type PlanInput, planInput, planView } from './plan/backup-plan.ts';
import { PlanService } from './plan/plan.service.ts';

const dto = (found: Archive) => ({ ...found, createdAt: timeOf(found.createdAt), verifiedAt: timeOrNull(found.verifiedAt) });

@ApiTags('backups')
@Controller('backups')
@UseInterceptors(PlaceProblems)
export class ArchivesController {
  readonly #archives: ArchivesService;
  readonly #plan: PlanService;
  readonly #places: Places;

  constructor(archives: ArchivesService, plan: PlanService, places: Places) {
    this.#archives = archives;
    this.#plan = plan;
    this.#places = places;
  }

  @Get('archives')
  @ApiOperation({ summary: 'Encrypted backups on this machine, or at the place of the plan; newest first' })
  @Returns(archiveList)
  async list(@Query({ schema: whereQuery }) query: WhereQuery) {
    return { items: (await this.#archives.list(await this.#plan.listed(query.where))).map(dto) };
  }

  @Post('archives')
  @ApiOperation({ summary: 'Make an encrypted backup. Answers at once; `job.changed` tells of the end' })
  @Returns(planView, { status: 202 })
  async make(@Actor() actor: Principal) {
    await this.#archives.start(actor);
    return this.#plan.view();
  }

  @Get('archives/:name/file')
  @ApiOperation({ summary: 'Download an encrypted backup' })
  @ReturnsFile('application/octet-stream')
  async download(
    @Param('name', { schema: archiveParam }) name: string,
    @Query({ schema: whereQuery }) query: WhereQuery,
    @Actor() actor: Principal,
  ) {
    const { stream, bytes } = await this.#archives.download(await this.#plan.listed(query.where), name, actor);
    return new StreamableFile(stream, {
      type: 'application/octet-stream',
      disposition: `attachment; filename="${name}"`,
      ...(bytes !== undefined && { length: bytes }),
    });
  }

  @Delete('archives/:name')
  @ApiOperation({ summary: 'Delete an encrypted backup' })
  @ReturnsNothing()
  async remove(
    @Param('name', { schema: archiveParam }) name: string,
    @Query({ schema: whereQuery }) query: WhereQuery,
    @Actor() actor: Principal,
  ): Promise<void> {
    await this.#archives.remove(await this.#plan.listed(query.where), name, actor);
  }

  @Get('plan')
  @ApiOperation({ summary: 'When and where encrypted backups are made, and whether one is being made now' })
  @Returns(planView)
  plan() {
    return this.#plan.view();
  }

  @Put('plan')
  @ApiOperation({ summary: 'Change when and where. Secrets that are left out stay as they are' })
  @Returns(planView)
  change(@Body({ schema: planInput }) body: PlanInput, @Actor() actor: Principal) {
    return this.#plan.change(body, actor);
  }

  @Post('plan/test')
  @ApiOperation({ summary: 'Try a place: a file is written there, read back and removed' })
  @Returns(placeTest)
  test(@Body({ schema: placeBody }) body: PlaceBody) {
    return this.#plan.test(body.place);
  }

  @Post('plan/host-key')
  @ApiOperation({ summary: 'Ask an SFTP server for its key; nothing secret is sent' })
  @Returns(hostKey)
  async hostKey(@Body({ schema: hostKeyInput }) body: HostKeyInput) {
    return { hostKey: await hostKeyOf(body.host, body.port) };
  }

  @Get('sticks')
  @ApiOperation({ summary: 'USB sticks that are plugged into the appliance' })
  @Returns(stickList)
  async sticks() {
    return { kinds: this.#places.kinds, items: await this.#places.sticks() };
  }

  @Put('passphrase')
  @ApiOperation({ summary: 'Set the passphrase of the backups to come. It is never shown' })
  @Returns(planView)
  setPassphrase(@Body({ schema: passphraseInput }) body: PassphraseInput, @Actor() actor: Principal) {
    return this.#plan.setPassphrase(body.passphrase, actor);
  }

  @Post('recovery-key')
  @ApiOperation({ summary: 'A new recovery key to write down; it counts when it is confirmed' })
  @Returns(recoveryKey, { status: 201 })
  showRecoveryKey() {
    return this.#plan.showRecoveryKey();
  }

  @Post('recovery-key/confirm')
  @ApiOperation({ summary: 'Type four signs of the recovery key again: from now on it is the passphrase' })
  @Returns(planView)
  confirmRecoveryKey(@Body({ schema: recoveryKeyConfirm }) body: RecoveryKeyConfirm, @Actor() actor: Principal) {
    return this.#plan.confirmRecoveryKey(body.id, body.typed, actor);
  }
}
