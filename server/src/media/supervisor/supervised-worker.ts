import { Worker } from 'node:worker_threads';

export interface SupervisedOptions<Out> {
  /** The file the worker runs: see `workerFile`. */
  readonly file: URL;
  readonly workerData: unknown;
  readonly onMessage: (message: Out) => void;
  /** It died, or was killed because it said nothing; a new one starts by itself. What it held is gone. */
  readonly onLost: (why: string) => void;
  /** Seconds without a message after which it counts as hung; null: it need not talk. */
  readonly silenceSeconds: number | null;
}

/** Longest wait before a worker that dies at once, again and again, is started anew. */
const LONGEST_PAUSE_MS = 10_000;
/** A worker that lived this long had a good start. */
const GOOD_LIFE_MS = 5_000;

/** The URL of `NAME.worker.ts` beside this module, or of what it was compiled to. */
export const workerFile = (name: string, moduleUrl: string): URL =>
  new URL(`./${name}.worker${moduleUrl.endsWith('.ts') ? '.ts' : '.js'}`, moduleUrl);

/** A worker thread that is started again when it dies or hangs. */
export class SupervisedWorker<In, Out> {
  readonly #options: SupervisedOptions<Out>;
  #worker: Worker | undefined;
  #startedAt = 0;
  #pauseMs = 0;
  #silentFor = 0;
  #watch: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: SupervisedOptions<Out>) {
    this.#options = options;
    this.#start();
    const { silenceSeconds } = options;
    // Ticks are counted, not time: while the main thread was busy, or the machine asleep, nobody could hear the worker.
    if (silenceSeconds !== null) {
      this.#watch = setInterval(() => {
        this.#silentFor += 1;
        if (this.#silentFor > silenceSeconds) this.kill(`said nothing for ${silenceSeconds} s`);
      }, 1000).unref();
    }
  }

  get alive(): boolean {
    return this.#worker !== undefined;
  }

  /** Goes nowhere while there is no worker: those who wait for an answer hear onLost. */
  post(message: In): void {
    this.#worker?.postMessage(message);
  }

  /** Ends the worker as a fault would: onLost, then a new one. */
  kill(why: string): void {
    const worker = this.#worker;
    if (!worker) return;
    this.#lost(worker, why);
    void worker.terminate();
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#watch);
    clearTimeout(this.#restart);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): void {
    const { file, workerData, onMessage } = this.#options;
    const worker = new Worker(file, { workerData });
    this.#worker = worker;
    this.#startedAt = performance.now();
    this.#silentFor = 0;
    let fault: unknown;
    worker.on('message', (message: Out) => {
      if (this.#worker !== worker) return;
      this.#silentFor = 0;
      onMessage(message);
    });
    worker.on('error', (error) => {
      fault = error;
    });
    worker.on('exit', (code) => {
      this.#lost(
        worker,
        fault instanceof Error ? (fault.stack ?? fault.message) : fault === undefined ? `exit code ${code}` : String(fault),
      );
    });
    worker.unref();
  }

  #lost(worker: Worker, why: string): void {
    if (this.#worker !== worker || this.#closing) return;
    this.#worker = undefined;
    // The first time at once; one that cannot live shall not eat the processor.
    this.#pauseMs = performance.now() - this.#startedAt > GOOD_LIFE_MS ? 0 : Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs + 100);
    this.#restart = setTimeout(() => this.#start(), this.#pauseMs).unref();
    this.#options.onLost(why);
  }
}
