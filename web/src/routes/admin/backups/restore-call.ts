import { send } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';

export type Restore = Schema<'Restore'>;

/** Speaks to /restores with a session, or on a new machine with the set-up code of its console. Throws problem documents. */
export class RestoreCalls {
  readonly #code: string | undefined;

  constructor(setupCode: string | undefined) {
    this.#code = setupCode;
  }

  get #headers(): Record<string, string> {
    return this.#code === undefined ? {} : { 'X-Dialtone-Setup-Code': this.#code };
  }

  async call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const request = new Request(new URL(`/api/v1/restores${path}`, location.origin), {
      method,
      headers: { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const response = await send(request);
    const answer: unknown = response.status === 204 ? undefined : await response.json();
    if (!response.ok) throw answer;
    return answer as T;
  }

  /** fetch() does not tell how far an upload is; the older way does. */
  upload(file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Restore> {
    const body = new FormData();
    body.append('file', file);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', '/api/v1/restores');
      for (const [name, value] of Object.entries({ ...this.#headers, 'X-Dialtone-Request': '1' })) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => progress(event.total === 0 ? 0 : event.loaded / event.total);
      request.onload = () => {
        const answer = parsed(request);
        if (request.status < 300) resolve(answer as Restore);
        else reject(answer);
      };
      request.onerror = () => reject(new Error('network'));
      request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
      signal.addEventListener('abort', () => request.abort());
      request.send(body);
    });
  }
}

function parsed(request: XMLHttpRequest): unknown {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return { status: request.status, code: `http-${request.status}` };
  }
}
