import createFetchClient from 'openapi-fetch';
import createClient from 'openapi-react-query';
import type { paths } from '#app/api/schema.gen.ts';

type Relogin = () => Promise<boolean>;
let relogin: Relogin = () => Promise.resolve(false);

/** The login dialog registers itself here; it answers true once somebody has logged in again. */
export function onSessionExpired(handler: Relogin): void {
  relogin = handler;
}

/** Asks for a new login; true once somebody has logged in again. */
export const askForLogin = (): Promise<boolean> => relogin();

const sessionPath = '/api/v1/session';

/** A failure without a JSON body (a proxy's, a crash) gets one, so that callers see problem documents only. */
async function asProblem(response: Response): Promise<Response> {
  if (response.ok || (response.headers.get('content-type') ?? '').includes('json')) return response;
  const body = { status: response.status, code: `http-${response.status}`, title: response.statusText };
  return new Response(JSON.stringify(body), { status: response.status, headers: { 'content-type': 'application/problem+json' } });
}

/**
 * Sends one request. When the session has run out, asks for a new login in a dialog and then sends the very same request again, so that a
 * form that was being saved is saved, with its content and its idempotency key.
 */
export async function send(request: Request): Promise<Response> {
  request.headers.set('X-Dialtone-Request', '1');
  const again = request.clone();
  const response = await fetch(request);
  if (response.status === 401 && new URL(request.url).pathname !== sessionPath && (await relogin())) {
    return asProblem(await fetch(again));
  }
  return asProblem(response);
}

export const http = createFetchClient<paths>({ baseUrl: location.origin, fetch: send });

/** Typed React Query hooks over the server's OpenAPI document. */
export const api = createClient(http);
