import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ProblemDocument } from '../http/problem.ts';

/** Where the running server is and what opens it. */
export interface ApiAddress {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly token: string;
}

/** Something the person at the keyboard can mend; printed without a stack. */
export class CommandError extends Error {}

/** A refusal of the server. `status` is the HTTP status, `code` the stable code of its problem document. */
export class ApiError extends CommandError {
  readonly status: number;
  readonly code: string;
  constructor(problem: Pick<ProblemDocument, 'status' | 'code' | 'title' | 'detail' | 'errors'>) {
    const fields = (problem.errors ?? []).map((error) => `\n  ${error.field}: ${error.message}`).join('');
    super(`${problem.detail ?? problem.title} (${problem.code})${fields}`);
    this.status = problem.status;
    this.code = problem.code;
  }
}

function readOrExplain(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${what}: ${(error as Error).message}`);
  }
}

/**
 * The server of a data folder: its address is in run.json while it runs, its token in admin-token.
 * @throws {CommandError} when one of them cannot be read
 */
export function findServer(options: { dataDir: string; url?: string | undefined; tokenFile?: string | undefined }): ApiAddress {
  const dataDir = resolve(options.dataDir);
  const hint = `Is the server running with this data folder (${dataDir})? Set DIALTONE_DATA, or give --url and --token-file`;
  const token = readOrExplain(options.tokenFile ?? join(dataDir, 'admin-token'), `${hint}. No admin token`).trim();
  if (options.url !== undefined) return { url: options.url.replace(/\/+$/, ''), token };
  const run = JSON.parse(readOrExplain(join(dataDir, 'run.json'), `${hint}. No run.json`)) as { http: string };
  return { url: run.http.replace(/\/+$/, ''), token };
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The REST API as the command line uses it: admin token, JSON, refusals as ApiError. */
export class ApiClient {
  readonly #address: ApiAddress;
  constructor(address: ApiAddress) {
    this.#address = address;
  }

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#json<T>('GET', path + queryText(query));
  }
  post<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.#json<T>('POST', path, body, headers);
  }
  put<T>(path: string, body: unknown): Promise<T> {
    return this.#json<T>('PUT', path, body);
  }
  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#json<T>('PATCH', path, body);
  }
  delete<T>(path: string, body?: unknown): Promise<T> {
    return this.#json<T>('DELETE', path, body);
  }

  /** A file upload with its options beside it, multipart/form-data. */
  async upload<T>(path: string, file: { name: string; content: Buffer }, fields: Record<string, string> = {}): Promise<T> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob([new Uint8Array(file.content)], { type: 'text/csv' }), file.name);
    return this.#read<T>(await this.#send('POST', path, form, {}));
  }

  /** A download as it streams in. */
  async download(path: string, query: Query = {}): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#send('GET', path + queryText(query), undefined, {});
    if (!response.body) throw new CommandError(`${path}: the server sent nothing`);
    return response.body;
  }

  async #json<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.#read<T>(await this.#send(method, path, body === undefined ? undefined : JSON.stringify(body), { ...json, ...headers }));
  }

  async #read<T>(response: Response): Promise<T> {
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async #send(method: string, path: string, body: string | FormData | undefined, headers: Record<string, string>): Promise<Response> {
    const { url, token } = this.#address;
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'x-dialtone-request': '1', ...headers },
      ...(body !== undefined && { body }),
    }).catch((error: unknown) => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new CommandError(`No answer from ${url}: ${cause}`);
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

async function refusalOf(response: Response): Promise<ApiError> {
  const fallback = { status: response.status, code: `http-${response.status}`, title: response.statusText || 'Refused' };
  const problem = (await response.json().catch(() => fallback)) as ProblemDocument;
  return new ApiError({ ...fallback, ...problem });
}

function queryText(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
