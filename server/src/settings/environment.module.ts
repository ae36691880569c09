import { type DynamicModule, Module } from '@nestjs/common';
import { Environment } from './environment.ts';

/** Gives the one Environment to everybody. */
@Module({})
export class EnvironmentModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: EnvironmentModule,
      global: true,
      providers: [{ provide: Environment, useValue: environment }],
      exports: [Environment],
    };
  }
}
