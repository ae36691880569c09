import { Module } from '@nestjs/common';
import { SubscribersModule } from '../subscribers/subscribers.module.ts';
import { DepositApp } from './deposit.app.ts';
import { GreetingMenu } from './greeting-menu.ts';
import { GreetingsService } from './greetings.service.ts';
import { MailboxApp } from './mailbox.app.ts';
import { MailboxesController } from './mailboxes.controller.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { MessageCounts } from './message-counts.ts';
import { MessageMail } from './message-mail.ts';
import { MessageMenu } from './message-menu.ts';
import { MessagesService } from './messages.service.ts';
import { MyGreetingsController } from './my-greetings.controller.ts';
import { MyVoicemailController } from './my-voicemail.controller.ts';
import { VoicemailJobs } from './voicemail.jobs.ts';
import { VoicemailService } from './voicemail.service.ts';
import { VoicemailFiles } from './voicemail-files.ts';
import { VoicemailViews } from './voicemail-view.service.ts';

@Module({
  imports: [SubscribersModule],
  controllers: [MyVoicemailController, MyGreetingsController, MailboxesController],
  providers: [
    VoicemailFiles,
    MailboxesService,
    MessageCounts,
    MessageMail,
    MessagesService,
    GreetingsService,
    VoicemailViews,
    MessageMenu,
    GreetingMenu,
    MailboxApp,
    DepositApp,
    VoicemailService,
    VoicemailJobs,
  ],
  exports: [GreetingsService, MessagesService],
})
export class VoicemailModule {}
