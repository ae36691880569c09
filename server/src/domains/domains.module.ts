import { Module } from '@nestjs/common';
import { DomainsController } from './domains.controller.ts';
import { DomainsService } from './domains.service.ts';

@Module({ controllers: [DomainsController], providers: [DomainsService], exports: [DomainsService] })
export class DomainsModule {}
