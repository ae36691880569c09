// For the spec of SupervisedWorker: does what it is told, good or bad.
import { parentPort, workerData } from 'node:worker_threads';

if (workerData === 'stillborn') throw new Error('stillborn');
parentPort!.on('message', (message: string) => {
  if (message === 'throw') throw new Error('thrown in the worker');
  if (message === 'exit') process.exit(3);
  if (message === 'hang') for (;;);
  parentPort!.postMessage(`${message} heard`);
});
