import { Module } from '@nestjs/common';
import { NumbersModule } from '../numbers/numbers.module.ts';
import { MyPermissionsController } from './my-permissions.controller.ts';
import { SubscriberClosing } from './subscriber-closing.ts';
import { SubscriberImporter } from './subscriber-importer.ts';
import { SubscriberNews } from './subscriber-news.ts';
import { SubscriberNotesService } from './subscriber-notes.service.ts';
import { SubscriberViews } from './subscriber-views.ts';
import { SubscribersController } from './subscribers.controller.ts';
import { SubscribersLoader } from './subscribers.loader.ts';
import { SubscribersService } from './subscribers.service.ts';

@Module({
  imports: [NumbersModule],
  controllers: [SubscribersController, MyPermissionsController],
  providers: [
    SubscribersService,
    SubscriberViews,
    SubscriberImporter,
    SubscriberClosing,
    SubscriberNotesService,
    SubscriberNews,
    SubscribersLoader,
  ],
  exports: [SubscribersService, SubscriberViews],
})
export class SubscribersModule {}
