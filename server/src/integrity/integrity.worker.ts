import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { checkSums } from './check-sums.ts';

// On Linux a priority belongs to a thread: this one waits for everybody.
try {
  setPriority(0, constants.priority.PRIORITY_LOW);
} catch {
  // Not allowed here: it runs like any other.
}
const { folder, publicKey } = workerData as { folder: string; publicKey: string };
try {
  parentPort?.postMessage({ result: checkSums(folder, publicKey) });
} catch (error) {
  parentPort?.postMessage({ fault: error instanceof Error ? error.message : String(error) });
}
