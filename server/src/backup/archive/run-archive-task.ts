import { Worker } from 'node:worker_threads';
import { ArchiveError } from './archive-error.ts';
import type { ArchiveNews, ArchiveResult, ArchiveTask } from './archive-task.ts';

// tsc does not rewrite the ending inside new URL().
const workerUrl = new URL(`./archive.worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

export interface RunOptions {
  readonly progress?: (share: number) => void;
  /** Aborted: the thread is ended where it stands. */
  readonly signal?: AbortSignal;
}

/** Makes, checks or unpacks an archive in a thread of its own. @throws ArchiveError, Error with words for people */
export function runArchiveTask(task: ArchiveTask, { progress, signal }: RunOptions = {}): Promise<ArchiveResult> {
  const worker = new Worker(workerUrl, { workerData: task });
  const abort = () => void worker.terminate();
  signal?.addEventListener('abort', abort);
  return new Promise<ArchiveResult>((resolve, reject) => {
    worker.on('message', (news: ArchiveNews) => {
      if (news.kind === 'progress') progress?.(news.share);
      else if (news.kind === 'done') resolve(news.result);
      else reject(news.code === null ? new Error(news.message) : new ArchiveError(news.code, news.message));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('The work on the backup was broken off.')));
    if (signal?.aborted) abort();
  }).finally(() => signal?.removeEventListener('abort', abort));
}
