import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Returns, timeOf, timeText } from '../http/index.ts';
import { ALARM_CODES } from './alarm-texts.ts';
import { AlarmsService } from './alarms.service.ts';

const alarmList = z
  .object({ items: z.array(z.object({ code: z.enum(ALARM_CODES), params: z.record(z.string(), z.string()), since: timeText })) })
  .meta({ id: 'AlarmList' });

@ApiTags('monitoring')
@Controller('alarms')
export class AlarmsController {
  readonly #alarms: AlarmsService;

  constructor(alarms: AlarmsService) {
    this.#alarms = alarms;
  }

  @Get()
  @ApiOperation({ summary: 'What is wrong with the machine right now and cannot wait' })
  @Returns(alarmList)
  list() {
    return { items: this.#alarms.list().map((alarm) => ({ ...alarm, since: timeOf(alarm.since) })) };
  }
}
