import { Global, Module } from '@nestjs/common';
import { BanList } from './ban-list.ts';
import { BansController } from './bans.controller.ts';
import { BansService } from './bans.service.ts';

/** Global: SIP asks the list, log-ins tell the service. */
@Global()
@Module({
  controllers: [BansController],
  providers: [{ provide: BanList, useFactory: () => new BanList() }, BansService],
  exports: [BanList, BansService],
})
export class BansModule {}
