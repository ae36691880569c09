import { Body, Controller, Delete, Get, Param, Patch } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminActor, type AdminPrincipal, idParam, Returns, ReturnsNothing } from '../http/index.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { type MailboxPatch, mailboxPatch, mailboxView } from './voicemail.schemas.ts';
import { VoicemailViews } from './voicemail-view.service.ts';

/** Mailboxes for administrators. What is said in them is their owners': no administrator gets to it here. */
@ApiTags('voicemail')
@Controller('subscribers/:id/voicemail')
export class MailboxesController {
  readonly #views: VoicemailViews;
  readonly #boxes: MailboxesService;

  constructor(views: VoicemailViews, boxes: MailboxesService) {
    this.#views = views;
    this.#boxes = boxes;
  }

  @Get()
  @ApiOperation({ summary: 'How full a mailbox is, and what it may hold' })
  @Returns(mailboxView)
  read(@Param('id', { schema: idParam }) id: number) {
    return this.#views.forAdmin(id);
  }

  @Patch()
  @Returns(mailboxView)
  change(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: mailboxPatch }) body: MailboxPatch,
    @AdminActor() actor: AdminPrincipal,
  ) {
    return this.#views.changeByAdmin(id, body, actor);
  }

  @Delete('pin')
  @ApiOperation({ summary: 'Takes the PIN away: from then on only his own phone and page open the mailbox, until he sets a new one' })
  @ReturnsNothing()
  async removePin(@Param('id', { schema: idParam }) id: number, @AdminActor() actor: AdminPrincipal): Promise<void> {
    await this.#views.forAdmin(id);
    await this.#boxes.setPin(id, null, actor);
  }
}
