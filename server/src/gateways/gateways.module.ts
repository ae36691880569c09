import { Module } from '@nestjs/common';
import { GatewaysController } from './gateways.controller.ts';
import { GatewaysService } from './gateways.service.ts';

@Module({ controllers: [GatewaysController], providers: [GatewaysService], exports: [GatewaysService] })
export class GatewaysModule {}
