/** An answer that is no 2xx: status and the problem document. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: { code?: string; detail?: string; errors?: { field: string; code: string; message: string }[] };
  constructor(status: number, problem: ApiError['problem'], request: string) {
    super(`${request}: ${status} ${JSON.stringify(problem)}`);
    this.status = status;
    this.problem = problem;
  }
}

/** JSON whose shape the test itself looks at. */
export interface Json {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads the fields it expects; a wrong one fails the test
  [field: string]: any;
}

export interface Page<T = Json> {
  items: T[];
  total: number;
  page: number;
  pageSize: number;
}

/** A client of the HTTP API: by session cookie like a browser, or by the administrator's token like the command line. */
export class ApiClient {
  readonly base: string;
  readonly #token: string | undefined;
  #cookie: string | undefined;

  constructor(http: string, token?: string) {
    this.base = http;
    this.#token = token;
  }

  get cookie(): string | undefined {
    return this.#cookie;
  }

  /** The whole answer, whatever its status. */
  async raw(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${this.base}/api/v1${path}`, {
      method,
      headers: {
        'x-dialtone-request': '1',
        ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}),
        ...(this.#cookie ? { cookie: this.#cookie } : {}),
        ...(body !== undefined && !isForm ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
      redirect: 'manual',
    });
    for (const cookie of response.headers.getSetCookie()) {
      if (cookie.startsWith('dialtone_session=')) this.#cookie = cookie.split(';')[0];
    }
    return response;
  }

  /** The body of a 2xx answer; throws ApiError for any other. */
  async call<T = Json>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const response = await this.raw(method, path, body, headers);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const value = text === '' ? undefined : isJson ? JSON.parse(text) : text;
    if (!response.ok) throw new ApiError(response.status, isJson ? value : { detail: text }, `${method} ${path}`);
    return value as T;
  }

  get = <T = Json>(path: string): Promise<T> => this.call<T>('GET', path);
  post = <T = Json>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T> =>
    this.call<T>('POST', path, body, headers);
  put = <T = Json>(path: string, body?: unknown): Promise<T> => this.call<T>('PUT', path, body);
  patch = <T = Json>(path: string, body?: unknown): Promise<T> => this.call<T>('PATCH', path, body);
  delete = <T = Json>(path: string, body?: unknown): Promise<T> => this.call<T>('DELETE', path, body);
  list = (path: string): Promise<Json[]> => this.get<Page>(path).then((page) => page.items);
}
