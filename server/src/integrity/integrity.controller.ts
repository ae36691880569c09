import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Returns, timeOrNull, timeText } from '../http/index.ts';
import { IntegrityService } from './integrity.service.ts';

const integrity = z
  .object({
    appliance: z.boolean().describe('There is an image to look at'),
    running: z.boolean(),
    checkedAt: timeText.nullable(),
    files: z.int().describe('Files that are as they were made'),
    bytes: z.int(),
    bad: z.array(z.string()).describe('Files that are not'),
  })
  .meta({ id: 'Integrity' });

@ApiTags('host')
@Controller('integrity')
export class IntegrityController {
  readonly #integrity: IntegrityService;

  constructor(service: IntegrityService) {
    this.#integrity = service;
  }

  @Get()
  @ApiOperation({ summary: 'The last look at the medium Dialtone runs from; the job "integrity" takes a new one' })
  @Returns(integrity)
  status() {
    const status = this.#integrity.status;
    return { ...status, checkedAt: timeOrNull(status.checkedAt) };
  }
}
