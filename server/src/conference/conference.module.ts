import { Module } from '@nestjs/common';
import { ConferenceController } from './conference.controller.ts';
import { ConferenceService } from './conference.service.ts';

@Module({ controllers: [ConferenceController], providers: [ConferenceService], exports: [ConferenceService] })
export class ConferenceModule {}
