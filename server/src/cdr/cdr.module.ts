import { Module } from '@nestjs/common';
import { RecordingsModule } from '../recordings/recordings.module.ts';
import { VoicemailModule } from '../voicemail/voicemail.module.ts';
import { CallSweep } from './call-sweep.ts';
import { CdrController } from './cdr.controller.ts';
import { CdrService } from './cdr.service.ts';

/** Call records for people: lists, details, export. */
@Module({
  imports: [RecordingsModule, VoicemailModule],
  controllers: [CdrController],
  providers: [CdrService, CallSweep],
  exports: [CdrService],
})
export class CdrModule {}
