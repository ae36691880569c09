import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveError } from './archive-error.ts';
import type { ArchiveNews, ArchiveResult, ArchiveTask } from './archive-task.ts';
import { extractArchive, verifyArchive } from './read-archive.ts';
import { writeArchive } from './write-archive.ts';

// Deriving the key takes a second of a processor and packing many: never on the thread that forwards calls.
const NEWS_EVERY_MS = 250;

const tell = (news: ArchiveNews): void => parentPort?.postMessage(news);

let told = 0;
const progress = (share: number): void => {
  const now = performance.now();
  if (now - told < NEWS_EVERY_MS) return;
  told = now;
  tell({ kind: 'progress', share: Math.min(1, share) });
};

function run(task: ArchiveTask): Promise<ArchiveResult> {
  if (task.kind === 'make') return writeArchive(task, progress);
  return task.kind === 'verify' ? verifyArchive(task, progress) : extractArchive(task, progress);
}

try {
  tell({ kind: 'done', result: await run(workerData as ArchiveTask) });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  tell({ kind: 'failed', code: error instanceof ArchiveError ? error.code : null, message });
}
