import { Global, Module } from '@nestjs/common';
import { RateLookupService } from './rate-lookup.service.ts';
import { RatesController } from './rates.controller.ts';
import { RatesService } from './rates.service.ts';
import { TariffsController } from './tariffs.controller.ts';
import { TariffsService } from './tariffs.service.ts';

@Global()
@Module({
  controllers: [TariffsController, RatesController],
  providers: [TariffsService, RatesService, RateLookupService],
  exports: [TariffsService, RatesService, RateLookupService],
})
export class RatesModule {}
