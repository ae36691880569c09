import { afterEach, describe, expect, it, vi } from 'vitest';
import { SupervisedWorker } from './supervised-worker.ts';

const file = new URL('./testing/moody.worker.ts', import.meta.url);
const started: SupervisedWorker<string, string>[] = [];
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.close();
});

function start(silenceSeconds: number | null = null, workerData = '') {
  const heard: string[] = [];
  const losses: string[] = [];
  const onMessage = (message: string) => void heard.push(message);
  const onLost = (why: string) => void losses.push(why);
  const worker = new SupervisedWorker<string, string>({ file, workerData, silenceSeconds, onMessage, onLost });
  started.push(worker);
  const answers = async (word: string) => {
    worker.post(word);
    await vi.waitFor(() => expect(heard).toContain(`${word} heard`), { timeout: 5000 });
  };
  const lost = (times: number) => vi.waitFor(() => expect(losses).toHaveLength(times), { timeout: 10_000 });
  const lives = () => vi.waitFor(() => expect(worker.alive).toBe(true), { timeout: 5000 });
  return { worker, heard, losses, answers, lost, lives };
}

describe('a supervised worker', () => {
  it('answers, and ends without being missed', async () => {
    const { worker, losses, answers } = start();
    await answers('a');
    await worker.close();
    expect(worker.alive).toBe(false);
    expect(losses).toEqual([]);
  });

  it.each([
    ['throw', /thrown in the worker/],
    ['exit', /exit code 3/],
  ])('is started again after %s', async (fault, why) => {
    const { worker, losses, answers, lost, lives } = start();
    await answers('a');
    worker.post(fault);
    await lost(1);
    expect(losses[0]).toMatch(why);
    await lives();
    await answers('b');
  });

  it('is killed and started again when it hangs', async () => {
    const { worker, losses, answers, lost, lives } = start(1);
    await answers('a');
    worker.post('hang');
    await lost(1);
    expect(losses[0]).toBe('said nothing for 1 s');
    await lives();
    await answers('b');
  }, 20_000);

  it('that cannot live is tried again, but not all the time', async () => {
    const { losses, lost } = start(null, 'stillborn');
    await lost(2);
    expect(losses[0]).toMatch(/stillborn/);
    const soFar = losses.length;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(losses.length - soFar).toBeLessThan(3);
  }, 20_000);
});
