import { request } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { DATA_ROOT } from '../../../server/src/host/contract/index.ts';
import { serverIds } from '../data/layout.ts';
import { ExecError } from '../exec.ts';
import { readLeft } from '../files.ts';
import type { Host } from '../host.ts';
import { Told } from '../problem.ts';
import type { Text } from '../texts/texts.ts';

/**
 * Runs the command line of the server as the user of the server. systemd does it: this process has no right to become somebody else.
 * @throws Error with what the command line said
 */
export async function commandLine(host: Host, args: readonly string[], input?: string): Promise<string> {
  const asServer = [
    '--quiet',
    '--pipe',
    '--wait',
    '--collect',
    '--uid=dialtone',
    '--gid=dialtone',
    `--setenv=DIALTONE_DATA=${DATA_ROOT}/server`,
  ];
  const program = ['/opt/dialtone/node/bin/node', '/opt/dialtone/server/bin/dialtone.js'];
  try {
    return (await host.exec('systemd-run', [...asServer, ...program, ...args], { timeout: 300_000, ...(input !== undefined && { input }) }))
      .stdout;
  } catch (error) {
    throw error instanceof ExecError ? new Error(error.stderr.trim() || error.message) : error;
  }
}

/** One request to the server's own API with the token of its data folder. @throws Error with the words of the server */
export async function askServer(method: 'GET' | 'PATCH', path: string, value?: unknown): Promise<unknown> {
  const token = (await readLeft(join(DATA_ROOT, 'server/admin-token'), (await serverIds()).uid))?.trim();
  if (!token) throw new Told(({ t }) => t('server.noToken'));
  const headers = { authorization: `Bearer ${token}`, 'x-dialtone-request': '1', 'content-type': 'application/json' };
  const text = await new Promise<string>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: 80, path: `/api/v1${path}`, method, headers, timeout: 15_000 }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('end', () => ((response.statusCode ?? 500) < 400 ? resolve(answer) : reject(new Told(detailOf(answer)))));
    });
    call.on('timeout', () => call.destroy(new Told(({ t }) => t('server.silent'))));
    call.on('error', reject);
    call.end(value === undefined ? undefined : JSON.stringify(value));
  });
  return JSON.parse(text);
}

function detailOf(answer: string): Text {
  const problem = z.object({ detail: z.string().optional(), title: z.string() }).safeParse(JSON.parse(answer || '{}'));
  return problem.success ? (problem.data.detail ?? problem.data.title) : ({ t }) => t('server.refusedRequest');
}
