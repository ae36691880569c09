import { formatMoney, timeOf } from '../http/index.ts';
import type { RateEntity } from './rate.entity.ts';
import type { RateDto, TariffDto } from './rate.schemas.ts';
import type { TariffRow } from './tariffs.service.ts';

export const rateDto = (row: RateEntity): RateDto => ({
  ...row,
  pricePerMinute: formatMoney(row.pricePerMinute),
  connectFee: formatMoney(row.connectFee),
  minCharge: formatMoney(row.minCharge),
  effectiveFrom: row.effectiveFrom === 0 ? null : timeOf(row.effectiveFrom),
  updatedAt: timeOf(row.updatedAt),
});

export const tariffDto = (row: TariffRow): TariffDto => ({ ...row, createdAt: timeOf(row.createdAt), updatedAt: timeOf(row.updatedAt) });
