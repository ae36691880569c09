// What conferences cost: the CPU of the services worker alone (its thread, by the kernel's count), as a share of one core.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Endpoint } from '../../../server/src/media/endpoint/endpoint.ts';
import { MediaServicesPool } from '../../../server/src/media/endpoint/media-services.ts';
import { printTable, shown } from '../figures.ts';
import type { CrowdData, CrowdReport } from './crowd-data.ts';

const FIRST = 24_000;
const SETTLE_MS = 3000;
const MEASURE_MS = 10_000;

interface Scene {
  readonly what: string;
  readonly codec: string;
  /** Members of each room. */
  readonly rooms: readonly number[];
  readonly talkers: number;
}

const scenes: readonly Scene[] = [
  { what: 'one room of 32, three speak, PCMA', codec: 'PCMA', rooms: [32], talkers: 3 },
  { what: 'one room of 32, all speak at once, PCMA', codec: 'PCMA', rooms: [32], talkers: 32 },
  { what: 'one room of 32, three speak, G722', codec: 'G722', rooms: [32], talkers: 3 },
  { what: '100 endpoints: rooms of 32, 32, 32 and 4, three speak, PCMA', codec: 'PCMA', rooms: [32, 32, 32, 4], talkers: 3 },
];

/** Clock ticks a second of /proc (USER_HZ): 100 on every Linux. */
const TICKS_A_SECOND = 100;

const threads = (): Set<string> => new Set(readdirSync('/proc/self/task'));

/** CPU seconds of one thread of this process. */
function cpuOf(thread: string): number {
  const fields = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** The thread that has worked most since: that of the endpoints. */
function busiest(candidates: ReadonlyMap<string, number>): string {
  return [...candidates].map(([thread, before]) => [thread, cpuOf(thread) - before] as const).sort((a, b) => b[1] - a[1])[0]![0];
}

async function playScene(scene: Scene): Promise<string[]> {
  const before = threads();
  const services = new MediaServicesPool({
    range: { first: FIRST, last: FIRST + 999 },
    onFault: (what) => process.stderr.write(`${what}\n`),
  });
  const endpoints: Endpoint[] = [];
  const ports: { own: number; to: number }[] = [];
  const rooms = scene.rooms.flatMap((size, n) => Array<string>(size).fill(`room ${n}`));
  try {
    for (const [n, room] of rooms.entries()) {
      const endpoint = await services.open({ callId: `${n}`, advertise: '127.0.0.1', bind: '127.0.0.1', silenceSeconds: null });
      if (!endpoint) throw new Error('no endpoint');
      endpoints.push(endpoint);
      const own = FIRST + 1000 + 2 * n;
      const type = { PCMA: 8, G722: 9 }[scene.codec];
      const offer = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${own} RTP/AVP ${type}\r\n`;
      const answer = String(await endpoint.answer(Buffer.from(offer)));
      ports.push({ own, to: Number(/m=audio (\d+)/.exec(answer)![1]) });
      await endpoint.join(room, { muted: false });
    }
    // Of the threads that are new only one works for the endpoints; the crowd is not started yet.
    const candidates = new Map([...threads()].filter((thread) => !before.has(thread)).map((thread) => [thread, 0]));
    await sleep(500);
    const thread = busiest(candidates);
    const workerData: CrowdData = { codec: scene.codec, talkers: scene.talkers, ports };
    const crowd = new Worker(new URL('./crowd.ts', import.meta.url), { workerData });
    try {
      const count = (): Promise<CrowdReport> =>
        new Promise((resolve) => {
          crowd.once('message', resolve);
          crowd.postMessage('count');
        });
      await sleep(SETTLE_MS);
      const [first, cpu, concealed] = [await count(), cpuOf(thread), (await services.stats()).concealed];
      const startedAt = performance.now();
      await sleep(MEASURE_MS);
      const seconds = (performance.now() - startedAt) / 1000;
      const [last, cpuNow, concealedNow] = [await count(), cpuOf(thread), (await services.stats()).concealed];
      const share = (100 * (cpuNow - cpu)) / seconds;
      const kept = (100 * (last.received - first.received)) / (50 * seconds * rooms.length);
      return [scene.what, `${shown(share)} %`, `${shown(kept)} %`, String(concealedNow - concealed)];
    } finally {
      await crowd.terminate();
    }
  } finally {
    for (const endpoint of endpoints) endpoint.close();
    await services.close();
  }
}

/** Measures all scenes, one after the other. */
export async function benchConference(): Promise<void> {
  // The threads of the server keep no process alive.
  const alive = setInterval(() => {}, 1000);
  const table = [['', 'CPU of one core', 'packets sent of those due', 'frames concealed']];
  for (const scene of scenes) table.push(await playScene(scene));
  clearInterval(alive);
  printTable(table);
}
