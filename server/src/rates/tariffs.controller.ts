import { Body, Controller, Delete, Get, Param, Patch, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, idParam, type Principal, Returns, ReturnsFile, ReturnsNothing } from '../http/index.ts';
import {
  type NewRate,
  type NewTariff,
  newRate,
  newTariff,
  type RateQuery,
  rate,
  ratePage,
  rateQuery,
  type TariffPatch,
  tariff,
  tariffList,
  tariffPatch,
} from './rate.schemas.ts';
import { RateExportService } from './rate-export.service.ts';
import { rateDto, tariffDto } from './rate-views.ts';
import { RatesService } from './rates.service.ts';
import { TariffsService } from './tariffs.service.ts';

@ApiTags('tariffs')
@Controller('tariffs')
export class TariffsController {
  readonly #tariffs: TariffsService;
  readonly #rates: RatesService;
  readonly #export: RateExportService;

  constructor(tariffs: TariffsService, rates: RatesService, exporter: RateExportService) {
    this.#tariffs = tariffs;
    this.#rates = rates;
    this.#export = exporter;
  }

  @Get()
  @ApiOperation({ summary: 'All tariffs' })
  @Returns(tariffList)
  async list() {
    return { items: (await this.#tariffs.list()).map(tariffDto) };
  }

  @Post()
  @ApiOperation({ summary: 'Add a tariff' })
  @Returns(tariff, { status: 201 })
  async create(@Body({ schema: newTariff }) body: NewTariff, @Actor() actor: Principal) {
    const { id } = await this.#tariffs.create(body, actor);
    return tariffDto(await this.#tariffs.one(id));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One tariff' })
  @Returns(tariff)
  async get(@Param('id', { schema: idParam }) id: number) {
    return tariffDto(await this.#tariffs.one(id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a tariff' })
  @Returns(tariff)
  async update(@Param('id', { schema: idParam }) id: number, @Body({ schema: tariffPatch }) body: TariffPatch, @Actor() actor: Principal) {
    await this.#tariffs.update(id, body, actor);
    return tariffDto(await this.#tariffs.one(id));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Remove a tariff nobody is on, with its rates' })
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    await this.#tariffs.remove(id, actor);
  }

  @Get(':id/rates')
  @ApiOperation({ summary: 'Rates of a tariff' })
  @Returns(ratePage)
  async rates(@Param('id', { schema: idParam }) id: number, @Query({ schema: rateQuery }) query: RateQuery) {
    const page = await this.#rates.list(id, query);
    return { ...page, items: page.items.map(rateDto) };
  }

  @Get(':id/rates.csv')
  @ApiOperation({ summary: 'All rates of a tariff, as an import takes them' })
  @ReturnsFile('text/csv')
  async export(@Param('id', { schema: idParam }) id: number) {
    const { stream, fileName } = await this.#export.csv(id);
    return new StreamableFile(stream, { type: 'text/csv; charset=utf-8', disposition: `attachment; filename="${fileName}"` });
  }

  @Post(':id/rates')
  @ApiOperation({ summary: 'Add a rate' })
  @Returns(rate, { status: 201 })
  async addRate(@Param('id', { schema: idParam }) id: number, @Body({ schema: newRate }) body: NewRate, @Actor() actor: Principal) {
    return rateDto(await this.#rates.create(id, body, actor));
  }
}
