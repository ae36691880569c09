import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AdminActor, type AdminPrincipal, idParam, problem, Returns, ReturnsNothing, timeOf, timeOrNull } from '../http/index.ts';
import { SettingsService } from '../settings/settings.service.ts';
import type { AdminEntity } from './admin.entity.ts';
import { AdminsService } from './admins.service.ts';
import { admin, adminPage, type NewAdmin, newAdmin } from './auth.schema.ts';
import { SecondFactorsService } from './second-factors.service.ts';

const shown = (row: AdminEntity) => ({
  ...row,
  secondFactorSince: timeOrNull(row.secondFactorSince),
  createdAt: timeOf(row.createdAt),
  lastLoginAt: timeOrNull(row.lastLoginAt),
});

@ApiTags('admins')
@Controller('admins')
export class AdminsController {
  readonly #admins: AdminsService;
  readonly #factors: SecondFactorsService;
  readonly #settings: SettingsService;

  constructor(admins: AdminsService, factors: SecondFactorsService, settings: SettingsService) {
    this.#admins = admins;
    this.#factors = factors;
    this.#settings = settings;
  }

  /** All of them: a company has a handful. */
  @Get()
  @Returns(adminPage)
  async list() {
    const items = (await this.#admins.list()).map(shown);
    return { items, total: items.length, page: 1, pageSize: Math.max(1, items.length) };
  }

  @Post()
  @Returns(admin, { status: 201 })
  async create(@Body({ schema: newAdmin }) body: NewAdmin, @AdminActor() actor: AdminPrincipal) {
    const language = body.language ?? this.#settings.current.defaultLanguage;
    return shown(await this.#admins.create({ ...body, email: body.email ?? null, language }, actor));
  }

  @Delete(':id')
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @AdminActor() actor: AdminPrincipal): Promise<void> {
    await this.#admins.remove(id, actor);
  }

  /** For a lost phone, over the admin token alone: what guards one administrator from a stolen session is not another's to take away. */
  @Delete(':id/second-factor')
  @ReturnsNothing()
  async secondFactorOff(@Param('id', { schema: idParam }) id: number, @AdminActor() actor: AdminPrincipal): Promise<void> {
    const row = await this.#admins.byId(id);
    if (!row) throw problem(404, 'not-found', 'There is no such administrator.');
    if (actor.adminId !== null) throw problem(403, 'not-allowed', 'Only the command line of the server may do this.');
    await this.#factors.disable(row, actor);
  }
}
