import { Module } from '@nestjs/common';
import { CallSweep } from './call-sweep.ts';
import { CdrController } from './cdr.controller.ts';
import { CdrService } from './cdr.service.ts';

/** Call records for people: lists, details, export. */
@Module({ controllers: [CdrController], providers: [CdrService, CallSweep], exports: [CdrService] })
export class CdrModule {}
