import { Worker } from 'node:worker_threads';
import type { ImportJob } from './import-job.ts';
import type { ImportNews } from './import-types.ts';

// tsc does not rewrite the ending inside new URL().
const workerUrl = new URL(`./rate-import.worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

interface ReaderEvents {
  onNews: (news: ImportNews) => void;
  onFault: (error: unknown) => void;
}

/** The threads that read uploads, one for each import. */
export class ImportReaders {
  readonly #workers = new Map<string, Worker>();

  /** One that was started before for the same import has no say any more. */
  start(id: string, task: ReturnType<ImportJob['task']>, { onNews, onFault }: ReaderEvents): void {
    const worker = new Worker(workerUrl, { workerData: task });
    const current = () => this.#workers.get(id) === worker;
    this.#workers.set(id, worker);
    worker.on('message', (news: ImportNews) => {
      if (current()) onNews(news);
    });
    worker.on('error', (error) => {
      if (current()) onFault(error);
    });
    worker.on('exit', () => {
      if (current()) this.#workers.delete(id);
    });
  }

  async stop(id: string): Promise<void> {
    const worker = this.#workers.get(id);
    this.#workers.delete(id);
    await worker?.terminate();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.terminate()));
  }
}
