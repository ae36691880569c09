import { Module } from '@nestjs/common';
import { FeatureCodesController } from './feature-codes.controller.ts';
import { FeatureCodesService } from './feature-codes.service.ts';

@Module({ controllers: [FeatureCodesController], providers: [FeatureCodesService], exports: [FeatureCodesService] })
export class FeatureCodesModule {}
