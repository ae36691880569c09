import { readFile } from 'node:fs/promises';
import { Controller, Get, Header, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReturnsFile } from '../http/index.ts';

/** Written by the build, beside `src` and `dist` alike. */
const DOCUMENT = new URL('../../openapi.json', import.meta.url);

@ApiTags('monitoring')
@Controller()
export class ApiDocumentController {
  /** For administrators, and their programs by the admin token: the description of every endpoint, to generate a client from. */
  @Get('openapi.json')
  @ApiOperation({ summary: 'The OpenAPI document of this API' })
  @ReturnsFile('application/json')
  @Header('cache-control', 'no-cache')
  async document(): Promise<StreamableFile> {
    return new StreamableFile(await readFile(DOCUMENT), { type: 'application/json; charset=utf-8' });
  }
}
