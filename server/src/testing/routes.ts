import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ROLES, type Role } from '../http/roles.ts';

export interface Route {
  /** As in `GET /subscribers/:id`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** As the guard reads them; administrators only when nothing is said. */
  readonly roles: readonly Role[];
  /** Bodies, queries and path parameters that nobody validates. */
  readonly unchecked: readonly string[];
}

// RouteParamtypes of Nest: body 3, query 4, param 5.
const CHECKED = new Map([
  [3, 'body'],
  [4, 'query'],
  [5, 'param'],
]);

const join = (...parts: string[]): string =>
  `/${parts
    .flatMap((p) => p.split('/'))
    .filter(Boolean)
    .join('/')}`;

/** Every endpoint of the running application, read from the controllers themselves. */
export function routesOf(app: NestFastifyApplication): Route[] {
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const prototype: object = metatype.prototype;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler: unknown = Reflect.get(prototype, name);
      if (typeof handler !== 'function') return [];
      const path: string | undefined = Reflect.getMetadata(PATH_METADATA, handler);
      if (path === undefined) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler)] as Route['method'];
      const full = join(Reflect.getMetadata(PATH_METADATA, metatype) ?? '', path);
      const args: Record<string, { data?: string; schema?: unknown }> = Reflect.getMetadata(ROUTE_ARGS_METADATA, metatype, name) ?? {};
      const unchecked = Object.entries(args)
        .filter(([key, arg]) => CHECKED.has(Number(key.split(':')[0])) && arg.schema === undefined)
        .map(([key, arg]) => `${CHECKED.get(Number(key.split(':')[0]))} ${arg.data ?? ''}`);
      const roles: Role[] = Reflect.getMetadata(ROLES, handler) ?? Reflect.getMetadata(ROLES, metatype) ?? ['admin'];
      return [{ name: `${method} ${full}`, method, path: full, roles, unchecked }];
    });
  });
}
