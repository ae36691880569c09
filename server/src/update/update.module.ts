import { Module } from '@nestjs/common';
import { UpdateController } from './update.controller.ts';

@Module({ controllers: [UpdateController] })
export class UpdateModule {}
