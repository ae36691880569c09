import { Global, Module } from '@nestjs/common';
import { MailService } from './mail.service.ts';
import { OutboxController } from './outbox.controller.ts';

@Global()
@Module({ controllers: [OutboxController], providers: [MailService], exports: [MailService] })
export class MailModule {}
