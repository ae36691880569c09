import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Actor, type Principal, Returns, timeOf, timeText } from '../http/index.ts';
import { ClockGuard } from './clock-guard.ts';

const clockStatus = z
  .object({
    now: timeText,
    /** When this version was made: no right clock is earlier. */
    builtAt: timeText,
    /** New calls that cost money are refused. */
    blocked: z.boolean(),
    why: z.enum(['before-build', 'stepped']).nullable(),
    /** Seconds the clock was set forward (+) or back (-). */
    stepSeconds: z.int(),
    synchronised: z.boolean().nullable().describe('A time server is followed; null where nobody can say'),
    settable: z.boolean().describe('`POST /clock/set` works: this is the appliance'),
  })
  .meta({ id: 'ClockStatus' });
const clockSet = z.strictObject({ now: z.iso.datetime() }).meta({ id: 'ClockSet' });

/** Whether the clock can be trusted with money. */
@ApiTags('host')
@Controller('clock')
export class ClockController {
  readonly #guard: ClockGuard;

  constructor(guard: ClockGuard) {
    this.#guard = guard;
  }

  @Get()
  @Returns(clockStatus)
  status() {
    const { now, builtAt, doubt, synchronised, settable } = this.#guard.status;
    const judged = { blocked: doubt !== undefined, why: doubt?.why ?? null, stepSeconds: doubt?.stepSeconds ?? 0 };
    return { now: timeOf(now), builtAt: timeOf(builtAt), ...judged, synchronised, settable };
  }

  @Post('confirm')
  @ApiOperation({ summary: 'The time is right: paid calls may start again' })
  @Returns(clockStatus)
  async confirm(@Actor() actor: Principal) {
    await this.#guard.confirm(actor);
    return this.status();
  }

  @Post('set')
  @ApiOperation({ summary: 'Set the clock of the appliance' })
  @Returns(clockStatus)
  async set(@Body({ schema: clockSet }) body: z.infer<typeof clockSet>, @Actor() actor: Principal) {
    await this.#guard.set(Date.parse(body.now), actor);
    return this.status();
  }
}
