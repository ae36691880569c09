import type { HostProblem } from '../../server/src/host/contract/index.ts';

/** A refusal with a stable code, as the host socket and the status page say it (RFC 9457). */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
  toJSON(): HostProblem {
    return { status: this.status, code: this.code, detail: this.message };
  }
}

/** What to tell a person about anything that was thrown. */
export const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
