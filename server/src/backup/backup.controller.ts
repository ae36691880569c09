import { Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Actor, type Principal, Returns, timeOf, timeText } from '../http/index.ts';
import { BackupService } from './backup.service.ts';
import type { BackupFile } from './backup-files.ts';

const backup = z.object({ name: z.string(), bytes: z.int(), createdAt: timeText }).meta({ id: 'Backup' });
const backupList = z.object({ items: z.array(backup) }).meta({ id: 'BackupList' });

const dto = (file: BackupFile) => ({ ...file, createdAt: timeOf(file.createdAt) });

@ApiTags('backups')
@Controller('backups')
export class BackupController {
  readonly #backups: BackupService;

  constructor(backups: BackupService) {
    this.#backups = backups;
  }

  @Get()
  @ApiOperation({ summary: 'Backups in the data folder, newest first' })
  @Returns(backupList)
  async list() {
    return { items: (await this.#backups.list()).map(dto) };
  }

  @Post()
  @ApiOperation({ summary: 'Back up now and wait for the end' })
  @Returns(backup, { status: 201 })
  async create(@Actor() actor: Principal) {
    return dto(await this.#backups.now(actor));
  }
}
