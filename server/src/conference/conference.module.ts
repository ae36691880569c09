import { Module } from '@nestjs/common';
import { VoicemailModule } from '../voicemail/voicemail.module.ts';
import { ConferenceController } from './conference.controller.ts';
import { ConferenceService } from './conference.service.ts';

@Module({ imports: [VoicemailModule], controllers: [ConferenceController], providers: [ConferenceService], exports: [ConferenceService] })
export class ConferenceModule {}
