import { Injectable } from '@nestjs/common';

/** Time for the answer of the request that asked for it to leave. */
const DELAY_MS = 500;

/**
 * Ends this process in order: calls are closed, queues written. Whoever supervises it starts it again; in a terminal it just ends.
 */
@Injectable()
export class Restart {
  soon(): void {
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), DELAY_MS).unref();
  }
}
