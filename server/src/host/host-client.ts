import { request } from 'node:http';
import { Injectable, Optional } from '@nestjs/common';
import type { z } from 'zod';
import { problem } from '../http/index.ts';
import { hostProblem } from './contract/index.ts';

export type HostMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Longer than the slowest thing the agent does while a question is open (making a file system on a large disk). */
const TIMEOUT_MS = 120_000;
/** A page of the log is the largest answer. */
const MAX_ANSWER = 16 * 1024 * 1024;

interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Speaks to the host agent of the appliance over its unix socket. Away from the appliance there is none. */
@Injectable()
export class HostClient {
  readonly #socketPath: string | undefined;

  constructor(@Optional() socketPath?: string) {
    this.#socketPath = socketPath;
  }

  /** Does Dialtone run on the appliance? */
  get present(): boolean {
    return this.#socketPath !== undefined;
  }

  /**
   * @param schema what the answer is checked against; without one the answer is thrown away
   * @throws ProblemError: 409 `no-appliance`, 503 `host-unreachable`, or what the agent said
   */
  async call<T>(method: HostMethod, path: string, o: { body?: unknown; schema: z.ZodType<T> }): Promise<T>;
  async call(method: HostMethod, path: string, o?: { body?: unknown }): Promise<void>;
  async call(method: HostMethod, path: string, o: { body?: unknown; schema?: z.ZodType } = {}): Promise<unknown> {
    if (this.#socketPath === undefined) {
      throw problem(409, 'no-appliance', 'Only the appliance can do this; here the operating system does it.');
    }
    const answer = await this.#ask(this.#socketPath, method, path, o.body);
    if (answer.status >= 400) throw refusalOf(answer);
    return o.schema?.parse(JSON.parse(answer.text));
  }

  #ask(socketPath: string, method: HostMethod, path: string, body: unknown): Promise<RawAnswer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const unreachable = () =>
        reject(
          problem(503, 'host-unreachable', 'The part of the appliance that minds the machine does not answer. Try again in a minute.'),
        );
      const call = request(
        {
          socketPath,
          method,
          path,
          timeout: TIMEOUT_MS,
          headers: payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
        },
        (response) => {
          const parts: Buffer[] = [];
          let size = 0;
          response.on('data', (part: Buffer) => {
            size += part.length;
            if (size > MAX_ANSWER) call.destroy(new Error('answer too long'));
            parts.push(part);
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 500, text: Buffer.concat(parts).toString('utf8') }));
          response.on('error', unreachable);
        },
      );
      call.on('timeout', () => call.destroy(new Error('timeout')));
      call.on('error', unreachable);
      call.end(payload);
    });
  }
}

/** The agent's own words; its statuses are those of our API. */
function refusalOf(answer: RawAnswer): Error {
  const said = hostProblem.safeParse(parseJson(answer.text));
  if (!said.success || answer.status >= 500) {
    return problem(
      503,
      'host-failed',
      said.success ? said.data.detail : 'The machine could not do this. The log of dialtone-host says why.',
    );
  }
  return problem(answer.status, said.data.code, said.data.detail);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
