import { chmod, chown, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { serverIds } from '../data/layout.ts';
import type { Host } from '../host.ts';
import { log } from '../log.ts';
import { words } from '../problem.ts';
import { answer } from './json-server.ts';
import { hostRoutes } from './routes.ts';

/** The host socket: whoever may open the file (root, and the server by its group) may ask for everything on it. */
export async function startHostSocket(host: Host, path: string): Promise<Server> {
  const routes = hostRoutes(host);
  const server = createServer((request, response) => {
    answer(routes, request, response).catch((error: unknown) => log.error(words(error)));
  });
  server.requestTimeout = 0; // Preparing a disk takes as long as the disk takes.
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  // Made under umask 077: nobody else could have come in before this.
  const { gid } = await serverIds();
  await chown(path, 0, gid);
  await chmod(path, 0o660);
  return server;
}
