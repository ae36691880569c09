import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyMultipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.ts';
import { BanList } from './bans/ban-list.ts';
import { refuseBanned } from './bans/refuse-banned.ts';
import { applyBodyLimit, DEFAULT_BODY_LIMIT } from './http/body-limit.ts';
import { makeDataFolder } from './settings/data-folder.ts';
import type { Environment } from './settings/environment.ts';
import { CertificateStore } from './tls/certificate-store.ts';
import { ChallengeResponses } from './tls/challenge-responses.ts';
import { HttpsListener } from './tls/https-listener.ts';
import { applyWebRules } from './tls/web-rules.ts';

export const API_PREFIX = 'api/v1';

/** Folder of the built pages; beside `server` in a checkout and in the image. */
const WEB_ROOT = new URL('../../web/dist', import.meta.url).pathname;

/** Parts every instance has, with or without pages: also used to write the OpenAPI document. */
export const fastifyAdapter = (trustProxy: readonly string[] = []): FastifyAdapter => {
  const adapter = new FastifyAdapter({
    trustProxy: trustProxy.length > 0 && [...trustProxy],
    bodyLimit: DEFAULT_BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  adapter.getInstance().addHook('onRoute', applyBodyLimit);
  return adapter;
};

/**
 * The application, ready to `listen()`: database open and migrated, memory loaded, SIP started, pages served where they have been built.
 */
export async function createApp(environment: Environment): Promise<NestFastifyApplication> {
  await makeDataFolder(environment.dataDir);
  await mkdir(environment.backupDir, { recursive: true, mode: 0o700 });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(environment), fastifyAdapter(environment.trustProxy), {
    bufferLogs: true,
    // JSON only: forms of other sites cannot even be read.
    bodyParser: false,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  app.setGlobalPrefix(API_PREFIX);
  await app.register(fastifyCookie);
  await app.register(fastifyMultipart, { limits: { fileSize: 64 * 1024 * 1024, files: 1, fields: 10, fieldSize: 64 * 1024 } });
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'base-uri': ["'none'"],
        'connect-src': ["'self'"],
        'font-src': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'object-src': ["'none'"],
        'script-src': ["'self'"],
        'worker-src': ["'self'"],
        // Charts and floating boxes are placed by style attributes.
        'style-src': ["'self'", "'unsafe-inline'"],
      },
    },
    // Sent by the rules below, and only with a certificate that browsers trust; whoever puts TLS in front sends it there.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  refuseBanned(app.getHttpAdapter().getInstance(), app.get(BanList));
  applyWebRules(app.getHttpAdapter().getInstance(), {
    store: app.get(CertificateStore),
    challenges: app.get(ChallengeResponses),
    httpsPort: () => app.get(HttpsListener).address?.port,
    phonePath: `/${API_PREFIX}/provision/`,
    healthPath: `/${API_PREFIX}/public/health`,
  });
  await servePages(app);
  app.enableShutdownHooks();
  await app.init();
  return app;
}

// A script of a former build that is gone must be a 404: answered with a page, the browser would report a syntax error.
const isPage = (url: string): boolean => !url.startsWith('/api/') && !url.startsWith('/assets/');

/** The built pages, and index.html for every path the page itself routes. */
async function servePages(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const noStore = `/${API_PREFIX}/`;
  fastify.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith(noStore) && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  if (!existsSync(`${WEB_ROOT}/index.html`)) return;
  await app.register(fastifyStatic, {
    root: WEB_ROOT,
    wildcard: false,
    // Vite puts a hash of the content into the names below assets/.
    setHeaders: (response, path) => {
      response.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  fastify.get('/*', (request, reply) => (isPage(request.url) ? reply.sendFile('index.html') : reply.callNotFound()));
}
