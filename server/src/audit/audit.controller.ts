import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns } from '../http/index.ts';
import { type AuditQuery, auditPage, auditQuery } from './audit.schema.ts';
import { AuditService } from './audit.service.ts';

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  readonly #audit: AuditService;
  constructor(audit: AuditService) {
    this.#audit = audit;
  }

  @Get()
  @Returns(auditPage)
  list(@Query({ schema: auditQuery }) query: AuditQuery) {
    return this.#audit.list(query);
  }
}
