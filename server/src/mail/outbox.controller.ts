import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { idParam, likeContains, orderOf, problem, Returns, skipTake, timeOf, timeOrNull } from '../http/index.ts';
import {
  type MailRetry,
  mailRetry,
  mailsQueued,
  type OutboxQuery,
  outboxMail,
  outboxMailWithText,
  outboxPage,
  outboxQuery,
  type TestMail,
  testMail,
} from './mail.schema.ts';
import { MailService } from './mail.service.ts';
import { OutboxMailEntity } from './outbox.entity.ts';

const shown = (row: OutboxMailEntity) => ({
  ...row,
  to: row.recipient,
  nextAttemptAt: row.state === 'queued' ? timeOf(row.nextAttemptAt) : null,
  createdAt: timeOf(row.createdAt),
  sentAt: timeOrNull(row.sentAt),
});

/** Mails on screen: what left, what waits, and, without a mail server, what an administrator hands on himself. */
@ApiTags('mail')
@Controller()
export class OutboxController {
  readonly #mail: MailService;
  readonly #reader: DataSource;

  constructor(mail: MailService, reader: DataSource) {
    this.#mail = mail;
    this.#reader = reader;
  }

  @Get('outbox')
  @Returns(outboxPage)
  async list(@Query({ schema: outboxQuery }) query: OutboxQuery) {
    const builder = this.#reader.getRepository(OutboxMailEntity).createQueryBuilder('o');
    if (query.state) builder.andWhere('o.state = :state', { state: query.state });
    if (query.q) builder.andWhere("(o.recipient LIKE :q ESCAPE '\\' OR o.subject LIKE :q ESCAPE '\\')", { q: likeContains(query.q) });
    const { field, direction } = orderOf(query.sort);
    const { skip, take } = skipTake(query);
    builder.orderBy(field === 'to' ? 'o.recipient' : `o.${field}`, direction).addOrderBy('o.id', direction);
    const [rows, total] = await builder.skip(skip).take(take).getManyAndCount();
    return { items: rows.map(shown), total, page: query.page, pageSize: query.pageSize };
  }

  @Get('outbox/:id')
  @Returns(outboxMailWithText)
  async read(@Param('id', { schema: idParam }) id: number) {
    const row = await this.#reader.getRepository(OutboxMailEntity).findOneBy({ id });
    if (!row) throw problem(404, 'not-found', 'There is no such mail.');
    return shown(row);
  }

  @Post('outbox/retry')
  @ApiOperation({ summary: 'Sends mails that were kept or given up; those that were sent are left as they are' })
  @Returns(mailsQueued)
  async retryAll(@Body({ schema: mailRetry }) { ids }: MailRetry) {
    return { queued: await this.#mail.retryAll(ids) };
  }

  @Post('outbox/:id/retry')
  @Returns(outboxMail)
  async retry(@Param('id', { schema: idParam }) id: number) {
    return shown(await this.#mail.retry(id));
  }

  /** Sends a mail with the settings as stored; read its state in the outbox. */
  @Post('settings/test-mail')
  @Returns(outboxMail)
  async test(@Body({ schema: testMail }) body: TestMail) {
    const id = await this.#mail.enqueue({ to: body.to, template: 'test', language: body.language, values: {} });
    await this.#mail.deliverDue();
    return this.read(id);
  }
}
