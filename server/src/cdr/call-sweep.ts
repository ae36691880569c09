import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountCharging } from '../billing/account-charging.ts';
import { JobsService } from '../jobs/jobs.service.ts';

/** The job that compares the call journal with the calls that are talking. */
@Injectable()
export class CallSweep implements OnModuleInit {
  readonly #jobs: JobsService;
  readonly #charging: AccountCharging;

  constructor(jobs: JobsService, charging: AccountCharging) {
    this.#jobs = jobs;
    this.#charging = charging;
  }

  onModuleInit(): void {
    this.#jobs.register({ name: 'call-sweep', schedule: '*/5 * * * *', run: () => this.#sweep() });
  }

  async #sweep() {
    const { talking, unwritten, orphans } = await this.#charging.sweep();
    const clean = unwritten === 0 && orphans === 0;
    const message = `${talking} paid calls talking, ${unwritten} call records waiting for the disk, ${orphans} journal rows without a call`;
    return { result: clean ? ('ok' as const) : ('warning' as const), message };
  }
}
