import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Directory } from '../directory/directory.ts';
import { loadSubscribers } from './subscriber-directory.ts';

/** Fills the directory before the first SIP message is read. */
@Injectable()
export class SubscribersLoader implements OnModuleInit {
  readonly #log = new Logger('Subscribers');
  readonly #reader: DataSource;
  readonly #directory: Directory;

  constructor(reader: DataSource, directory: Directory) {
    this.#reader = reader;
    this.#directory = directory;
  }

  async onModuleInit(): Promise<void> {
    const startedAt = performance.now();
    const count = await loadSubscribers(this.#reader, this.#directory);
    this.#log.debug(`${count} subscribers loaded in ${Math.round(performance.now() - startedAt)} ms`);
  }
}
