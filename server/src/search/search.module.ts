import { Module } from '@nestjs/common';
import { NumbersModule } from '../numbers/numbers.module.ts';
import { SubscribersModule } from '../subscribers/subscribers.module.ts';
import { SearchController } from './search.controller.ts';
import { SearchService } from './search.service.ts';

@Module({ imports: [NumbersModule, SubscribersModule], controllers: [SearchController], providers: [SearchService] })
export class SearchModule {}
