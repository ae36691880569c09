import { Global, Module } from '@nestjs/common';
import { RateImportsController } from './import/rate-imports.controller.ts';
import { RateImportsService } from './import/rate-imports.service.ts';
import { RateExportService } from './rate-export.service.ts';
import { RateLookupService } from './rate-lookup.service.ts';
import { RatesController } from './rates.controller.ts';
import { RatesService } from './rates.service.ts';
import { TariffsController } from './tariffs.controller.ts';
import { TariffsService } from './tariffs.service.ts';

@Global()
@Module({
  controllers: [TariffsController, RatesController, RateImportsController],
  providers: [TariffsService, RatesService, RateLookupService, RateExportService, RateImportsService],
  exports: [TariffsService, RatesService, RateLookupService],
})
export class RatesModule {}
