import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Actor, type Principal, Returns, ReturnsNothing, timeText } from '../http/index.ts';
import { Restart } from './restart.ts';
import { UpgradeService } from './upgrade.service.ts';

const status = z
  .object({
    version: z.string(),
    upgrade: z.object({ from: z.string(), to: z.string(), at: timeText }).nullable(),
    lost: z.object({ calls: z.int(), ledgerEntries: z.int(), subscribers: z.int() }).nullable(),
  })
  .meta({ id: 'UpgradeStatus' });
const undo = z.strictObject({ confirm: z.string().max(40) }).meta({ id: 'UpgradeUndo' });

@ApiTags('upgrade')
@Controller('upgrade')
export class UpgradeController {
  readonly #upgrades: UpgradeService;
  readonly #restart: Restart;

  constructor(upgrades: UpgradeService, restart: Restart) {
    this.#upgrades = upgrades;
    this.#restart = restart;
  }

  @Get()
  @ApiOperation({ summary: 'The last upgrade, and what an undo of it would lose' })
  @Returns(status)
  async status() {
    const found = await this.#upgrades.status();
    return { ...found, upgrade: found.upgrade && { ...found.upgrade, at: found.upgrade.at.toISOString() } };
  }

  @Post('undo')
  @ApiOperation({ summary: 'Put the data of before the last upgrade back, and end this version' })
  @ReturnsNothing()
  async undo(@Body({ schema: undo }) body: z.infer<typeof undo>, @Actor() actor: Principal) {
    await this.#upgrades.requestUndo(body.confirm, actor);
    this.#restart.soon();
  }
}
