import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, type Principal, Returns, timeOf, timeOrNull } from '../http/index.ts';
import { type JobDto, type JobRunDto, job, jobList, jobName, jobRunList } from './job.schemas.ts';
import type { JobRunEntity } from './job-run.entity.ts';
import { type JobState, JobsService } from './jobs.service.ts';

@ApiTags('jobs')
@Controller('jobs')
export class JobsController {
  readonly #jobs: JobsService;

  constructor(jobs: JobsService) {
    this.#jobs = jobs;
  }

  @Get()
  @ApiOperation({ summary: 'Jobs with their last and next run' })
  @Returns(jobList)
  list() {
    return { items: this.#jobs.list().map(jobDto) };
  }

  @Get(':name/runs')
  @ApiOperation({ summary: 'Last runs of a job, newest first' })
  @Returns(jobRunList)
  async runs(@Param('name', { schema: jobName }) name: string) {
    return { items: (await this.#jobs.history(name)).map(runDto) };
  }

  @Post(':name/run')
  @ApiOperation({ summary: 'Run a job now. Answers at once; `job.changed` tells of the end' })
  @Returns(job, { status: 202 })
  async run(@Param('name', { schema: jobName }) name: string, @Actor() actor: Principal) {
    return jobDto(await this.#jobs.start(name, actor));
  }
}

function runDto(run: JobRunEntity): JobRunDto {
  const { startedAt, endedAt, trigger, actor, result, message } = run;
  return { startedAt: timeOf(startedAt), endedAt: timeOf(endedAt), durationMs: endedAt - startedAt, trigger, actor, result, message };
}

function jobDto(state: JobState): JobDto {
  return { ...state, lastRun: state.lastRun && runDto(state.lastRun), nextRunAt: timeOrNull(state.nextRunAt) };
}
