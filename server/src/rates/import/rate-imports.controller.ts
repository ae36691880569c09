import { createReadStream } from 'node:fs';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Actor, type Principal, Returns, ReturnsFile, ReturnsNothing } from '../../http/index.ts';
import {
  importId,
  type RateImportCommit,
  type RateImportMapping,
  rateImport,
  rateImportCommit,
  rateImportList,
  rateImportMapping,
} from './rate-import.schemas.ts';
import { RateImportsService } from './rate-imports.service.ts';
import { receiveUpload } from './receive-upload.ts';

@ApiTags('rate imports')
@Controller('rate-imports')
export class RateImportsController {
  readonly #imports: RateImportsService;

  constructor(imports: RateImportsService) {
    this.#imports = imports;
  }

  @Get()
  @ApiOperation({ summary: 'Imports since the server started, newest first' })
  @Returns(rateImportList)
  list() {
    return { items: this.#imports.list() };
  }

  @Post()
  @ApiOperation({ summary: 'Upload a rate table; it is read and checked, and changes nothing before the commit' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary' },
        options: { type: 'string', description: 'JSON of RateImportOptions: tariffId, mode, effectiveFrom, commitIfClean' },
      },
    },
  })
  @Returns(rateImport, { status: 201 })
  async upload(@Req() request: FastifyRequest, @Actor() actor: Principal) {
    const { folder, fileName, options } = await receiveUpload(request, () => this.#imports.newFolder());
    return this.#imports.start(folder, fileName, options, actor);
  }

  @Get(':id')
  @ApiOperation({ summary: 'State, guess, preview and faults of an import' })
  @Returns(rateImport)
  get(@Param('id', { schema: importId }) id: string) {
    return this.#imports.get(id);
  }

  @Patch(':id/mapping')
  @ApiOperation({ summary: 'Correct the guess; the file is checked again' })
  @Returns(rateImport)
  remap(@Param('id', { schema: importId }) id: string, @Body({ schema: rateImportMapping }) body: RateImportMapping) {
    return this.#imports.remap(id, body);
  }

  @Post(':id/commit')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put the rates into the tariff: all of them in one transaction' })
  @Returns(rateImport)
  commit(
    @Param('id', { schema: importId }) id: string,
    @Body({ schema: rateImportCommit }) body: RateImportCommit,
    @Actor() actor: Principal,
  ) {
    return this.#imports.commit(id, body, actor);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Cancel an import, or forget one that is over' })
  @ReturnsNothing()
  async cancel(@Param('id', { schema: importId }) id: string): Promise<void> {
    await this.#imports.cancel(id);
  }

  @Get(':id/rejected.csv')
  @ApiOperation({ summary: 'The rejected rows as they were, with a column that says why' })
  @ReturnsFile('text/csv')
  rejected(@Param('id', { schema: importId }) id: string) {
    return new StreamableFile(createReadStream(this.#imports.rejectedFile(id)), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="rejected.csv"',
    });
  }
}
