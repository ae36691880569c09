import { Module } from '@nestjs/common';
import { RecordingFiles } from './recording-files.ts';
import { RecordingsController } from './recordings.controller.ts';
import { RecordingsJob } from './recordings.job.ts';
import { RecordingsService } from './recordings.service.ts';

/** Recordings of calls: whose, where they lie, how long they are kept. */
@Module({
  controllers: [RecordingsController],
  providers: [RecordingFiles, RecordingsService, RecordingsJob],
  exports: [RecordingsService],
})
export class RecordingsModule {}
