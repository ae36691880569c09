import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { FEATURES } from './app.module.ts';
import { API_PREFIX, fastifyAdapter } from './app.ts';

type AnyModule = Type | DynamicModule;

/** Every controller of the modules and of what they import. */
function controllersOf(modules: readonly AnyModule[], seen = new Set<Type>()): Type[] {
  return modules.flatMap((module) => {
    const type = 'module' in module ? module.module : module;
    if (seen.has(type)) return [];
    seen.add(type);
    const controllers: Type[] = Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, type) ?? [];
    const imports: AnyModule[] = Reflect.getMetadata(MODULE_METADATA.IMPORTS, type) ?? [];
    return [...controllers, ...controllersOf(imports, seen)];
  });
}

/** The controllers alone, with nothing behind them: a document needs no database and no SIP. */
@Module({})
class DocumentModule {
  static of(controllers: Type[]): DynamicModule {
    const needed = new Set(controllers.flatMap((controller): unknown[] => Reflect.getMetadata('design:paramtypes', controller) ?? []));
    const providers = [...needed].filter((type) => typeof type === 'function').map((type) => ({ provide: type as Type, useValue: {} }));
    return { module: DocumentModule, controllers, providers };
  }
}

/** The OpenAPI document of the whole API. */
export async function openApiDocument(): Promise<OpenAPIObject> {
  const app = await NestFactory.create<NestFastifyApplication>(DocumentModule.of(controllersOf(FEATURES)), fastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  app.setGlobalPrefix(API_PREFIX);
  const config = new DocumentBuilder().setTitle('Dialtone').setVersion('1').addCookieAuth('dialtone_session').addBearerAuth().build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  await app.close();
  return document;
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(process.argv[2] ?? 'openapi.json', `${JSON.stringify(await openApiDocument(), null, 2)}\n`);
}
