import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { databaseOptions, readOnly } from './database-options.ts';
import { UnitOfWork } from './unit-of-work.ts';

/** Closes the writer last, after the features have drained their queues in `beforeApplicationShutdown`. */
@Injectable()
class WriterShutdown implements OnApplicationShutdown {
  readonly #uow: UnitOfWork;

  constructor(@Inject(UnitOfWork) uow: UnitOfWork) {
    this.#uow = uow;
  }

  onApplicationShutdown(): Promise<void> {
    return this.#uow.close();
  }
}

@Module({})
class WriterModule {
  static at(url: string): DynamicModule {
    const writer = { provide: UnitOfWork, useFactory: () => UnitOfWork.open(databaseOptions(url)) };
    return { module: WriterModule, global: true, providers: [writer, WriterShutdown], exports: [UnitOfWork] };
  }
}

/** The writer first (it migrates), then the read-only data source behind `@InjectDataSource()` and `@InjectRepository()`. */
@Module({})
export class DatabaseModule {
  /** @param url `postgres://...` or the path of the SQLite file. */
  static at(url: string): DynamicModule {
    const writer = WriterModule.at(url);
    const reader = TypeOrmModule.forRootAsync({
      imports: [writer],
      inject: [UnitOfWork],
      useFactory: () => readOnly(databaseOptions(url)),
    });
    return { module: DatabaseModule, imports: [writer, reader] };
  }
}
