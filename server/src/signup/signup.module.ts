import { Global, Module } from '@nestjs/common';
import { SubscribersModule } from '../subscribers/subscribers.module.ts';
import { SignupsController } from './signups.controller.ts';
import { SignupsService } from './signups.service.ts';

@Global()
@Module({ imports: [SubscribersModule], controllers: [SignupsController], providers: [SignupsService], exports: [SignupsService] })
export class SignupModule {}
