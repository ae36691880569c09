import { Module } from '@nestjs/common';
import { SetupController } from './setup.controller.ts';
import { SetupService } from './setup.service.ts';

@Module({ controllers: [SetupController], providers: [SetupService] })
export class SetupModule {}
