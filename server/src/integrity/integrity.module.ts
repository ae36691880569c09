import { Module } from '@nestjs/common';
import { DatabaseCheckService } from './database-check.service.ts';
import { IntegrityController } from './integrity.controller.ts';
import { IntegrityService } from './integrity.service.ts';

@Module({ controllers: [IntegrityController], providers: [IntegrityService, DatabaseCheckService] })
export class IntegrityModule {}
