import { Global, Module } from '@nestjs/common';
import { MailService } from './mail.service.ts';
import { OutboxController } from './outbox.controller.ts';
import { MailTemplatesController } from './templates.controller.ts';

@Global()
@Module({ controllers: [OutboxController, MailTemplatesController], providers: [MailService], exports: [MailService] })
export class MailModule {}
