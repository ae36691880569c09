import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { STATUS_PORT } from '../firewall/render.ts';
import type { Host } from '../host.ts';
import { log } from '../log.ts';
import { readLogs } from '../logs/logs.ts';
import { Refusal, told, words } from '../problem.ts';
import { type Text, textsIn } from '../texts/texts.ts';
import { actionsPage, logsPage, PAGES, type PageFacts, statusPage } from './page.ts';
import { languageCookie, readerLanguage } from './reader-language.ts';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
const WRONG_CODES = 5;
const LOCK_MS = 60_000;

/** The code of the console: after five wrong ones nobody is heard for a minute. */
export class CodeGate {
  readonly #code: string;
  readonly #now: () => number;
  #wrong = 0;
  #lockedUntil = 0;

  constructor(code: string, now: () => number = () => performance.now()) {
    this.#code = code.replace('-', '');
    this.#now = now;
  }

  /** @throws Refusal 403 code-wrong, 429 too-many */
  check(typed: string | null): void {
    if (this.#now() < this.#lockedUntil) throw new Refusal(429, 'too-many', ({ t }) => t('refusal.tooManyCodes'));
    const given = Buffer.from((typed ?? '').toUpperCase().replace(/[^0-9A-Z]/g, ''));
    const right = Buffer.from(this.#code);
    if (given.length === right.length && timingSafeEqual(given, right)) {
      this.#wrong = 0;
      return;
    }
    if (++this.#wrong >= WRONG_CODES) {
      this.#wrong = 0;
      this.#lockedUntil = this.#now() + LOCK_MS;
    }
    throw new Refusal(403, 'code-wrong', ({ t }) => t('refusal.codeWrong'));
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 10_000) throw new Refusal(413, 'too-large', ({ t }) => t('refusal.formTooLarge'));
  }
  return new URLSearchParams(text);
}

/** The status page: its own small port, always there; the firewall also leads the web port to it while the server does not answer. */
export async function startStatusPage(host: Host, port = STATUS_PORT, address = '::'): Promise<Server> {
  const gate = new CodeGate(host.recoveryCode);
  const facts = async (notice: Text = ''): Promise<PageFacts> => ({
    state: await host.state(),
    server: host.server.state,
    busy: host.data.busy,
    problem: host.data.problem,
    troubles: host.troubles,
    notice,
  });
  const server = createServer((request, response) => {
    serve(host, gate, facts, request, response).catch((error: unknown) => {
      log.error(`Status page: ${words(error)}`);
      response.destroy();
    });
  });
  server.maxConnections = 50;
  server.requestTimeout = 20_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address }, resolve);
  });
  return server;
}

type MakeFacts = (notice?: Text) => Promise<PageFacts>;

async function serve(host: Host, gate: CodeGate, facts: MakeFacts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://status');
  const texts = textsIn(readerLanguage(request.headers, host.language.value));
  const send = (status: number, html: string) => response.writeHead(status, HEADERS).end(html);
  if (request.method === 'POST') {
    try {
      const form = await readForm(request);
      if (path !== '/retry') gate.check(form.get('code'));
      if (path === '/logs') {
        const { entries } = await readLogs(host.exec, { unit: 'dialtone.service', limit: 100 });
        return void send(200, logsPage('', entries.map((e) => `${e.time} ${e.message}`).join('\n'), texts));
      }
      await act(host, path, form);
      return void response.writeHead(303, { location: '/' }).end();
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 500;
      if (path === '/logs') return void send(status, logsPage(told(error), undefined, texts));
      return void send(status, actionsPage(await facts(told(error)), await host.data.disks(), texts));
    }
  }
  if (path === '/language') {
    const cookie = languageCookie(query.get('to'));
    const location = PAGES.find((page) => page === query.get('back')) ?? '/';
    return void response.writeHead(303, { location, ...(cookie && { 'set-cookie': cookie }) }).end();
  }
  if (path === '/open') {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '');
    return void response.writeHead(302, { location: `https://${name}/` }).end();
  }
  if (path === '/logs') return void send(200, logsPage('', undefined, texts));
  if (path === '/actions' && !host.data.ready) return void send(200, actionsPage(await facts(), await host.data.disks(), texts));
  if (path === '/state') {
    const { state, demo, problem, server } = await host.state();
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ state, demo, problem, server }));
  }
  // Asked in place of the server, the answer must not look like its own.
  const inPlace = host.server.state !== 'running' && !/:\d+$/.test(request.headers.host ?? '');
  return void send(inPlace ? 503 : 200, statusPage(await facts(), texts));
}

async function act(host: Host, path: string, form: URLSearchParams): Promise<void> {
  const { data } = host;
  if (path === '/retry') return data.look();
  if (path === '/demo') return data.demo();
  if (path === '/adopt') {
    const [partuuid = '', device] = (form.get('partuuid') ?? '').split(' ');
    return data.adopt(partuuid, device);
  }
  if (path !== '/prepare') throw new Refusal(404, 'not-found', ({ t }) => t('refusal.noSuchAction'));
  const chosen = form.get('disk') ?? '';
  const confirm = form.get('confirm') ?? '';
  await data.prepare({ device: chosen.replace(/\+$/, ''), ...(chosen.endsWith('+') && { freeSpace: true }), ...(confirm && { confirm }) });
}
