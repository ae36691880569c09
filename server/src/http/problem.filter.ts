import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, problemOf } from './problem.ts';

const CODES: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'login-needed',
  403: 'not-allowed',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  409: 'conflict',
  413: 'too-large',
  415: 'wrong-content-type',
  429: 'too-many-attempts',
  503: 'not-available',
};

/** A unique index refused the row: SQLite says it in words, PostgreSQL by SQLSTATE 23505. */
function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const driver = 'driverError' in error ? error.driverError : error;
  if (!(driver instanceof Error)) return false;
  return ('code' in driver && driver.code === '23505') || driver.message.includes('UNIQUE constraint failed');
}

/** Faults of the web server itself (unreadable JSON, body too large) carry a statusCode. */
function clientStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  return error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : undefined;
}

/** Every fault leaves as an RFC 9457 document; an unexpected one is logged and says nothing of itself to the caller. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { document, headers } = this.#translate(error, request);
    if (reply.sent || reply.raw.headersSent) return;
    void reply.status(document.status).headers(headers).type('application/problem+json').send(document);
  }

  #translate(error: unknown, request: FastifyRequest) {
    if (error instanceof ProblemError) return { document: error.getResponse() as ReturnType<typeof problemOf>, headers: error.headers };
    if (error instanceof HttpException) {
      const status = error.getStatus();
      return { document: problemOf(status, CODES[status] ?? 'error', error.message), headers: {} };
    }
    const status = clientStatus(error);
    if (status !== undefined) return { document: problemOf(status, CODES[status] ?? 'bad-request', (error as Error).message), headers: {} };
    if (isUniqueViolation(error))
      return { document: problemOf(409, 'conflict', 'An entry with the same key exists already.'), headers: {} };
    // The path without its query: a query may hold personal data.
    this.#log.error(
      `${request.method} ${request.url.split('?')[0]} failed: ${error instanceof Error ? error.message : String(error)}`,
      error instanceof Error ? error.stack : undefined,
    );
    return { document: problemOf(500, 'internal', 'Something went wrong in the server; the fault is in its log.'), headers: {} };
  }
}
