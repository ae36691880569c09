import { HttpException } from '@nestjs/common';
import { z } from 'zod';

/** One wrong field of a request. `field` is a dotted path; `code` is stable and translated by the pages. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** RFC 9457 problem document, the body of every answer of 400 and above. */
export const problemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string(),
    errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemDocument = z.infer<typeof problemDocument>;

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Login needed',
  402: 'Payment required',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  415: 'Wrong content type',
  422: 'Cannot be done',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available now',
};

export function problemOf(status: number, code: string, detail?: string, errors?: readonly FieldError[]): ProblemDocument {
  return {
    type: `urn:dialtone:problem:${code}`,
    title: TITLES[status] ?? 'Error',
    status,
    ...(detail !== undefined && { detail }),
    code,
    ...(errors && { errors: [...errors] }),
  };
}

/** An HTTP refusal with a stable code. Throw what `problem()` gives. */
export class ProblemError extends HttpException {
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(document: ProblemDocument, headers: Record<string, string> = {}) {
    super(document, document.status);
    this.message = document.detail ?? document.title;
    this.code = document.code;
    this.headers = headers;
  }
}

/**
 * @param code stable, kebab-case
 * @param detail one sentence for a person: what is wrong and what to do
 */
export const problem = (status: number, code: string, detail: string, errors?: readonly FieldError[]): ProblemError =>
  new ProblemError(problemOf(status, code, detail, errors));

/** 429 with Retry-After in whole seconds. */
export const tooMany = (retryAfterSeconds: number, detail: string): ProblemError =>
  new ProblemError(problemOf(429, 'too-many-attempts', detail), { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) });

/** 400 for one field. */
export const fieldProblem = (field: string, code: string, message: string): ProblemError =>
  problem(400, 'invalid', message, [{ field, code, message }]);
