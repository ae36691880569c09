import { RouteConfig } from '@nestjs/platform-fastify';

/** Largest body of every route that does not say otherwise. */
export const DEFAULT_BODY_LIMIT = 256 * 1024;

/** On a handler: takes bodies up to this many bytes. */
export const BodyLimit = (bytes: number) => RouteConfig({ bodyLimit: bytes });

/** Fastify's onRoute hook that makes @BodyLimit work. */
export function applyBodyLimit(route: { bodyLimit?: number; config?: object }): void {
  const config = route.config;
  if (config && 'bodyLimit' in config && typeof config.bodyLimit === 'number') route.bodyLimit = config.bodyLimit;
}
