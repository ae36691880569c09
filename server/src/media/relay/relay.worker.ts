import { parentPort, workerData } from 'node:worker_threads';
import type { SampleRate } from '../codecs/codec.ts';
import { SoundFiles } from '../endpoint/sound-files.ts';
import { SdpRefused } from '../engine.ts';
import { PortPool } from '../ports/port-pool.ts';
import type { Totals } from './leg.ts';
import type { RelayCommand, RelayReport, RelayResult, RelayWorkerData } from './messages.ts';
import { RelayedCall } from './relayed-call.ts';

const { range } = workerData as RelayWorkerData;
const sounds = new SoundFiles();
const pool = new PortPool(range);
const totals: Totals = { packets: 0, bytes: 0, strangers: 0, portsOpen: 0 };
/** A call, and what is asked of it and not done yet: one thing after the other. */
const calls = new Map<number, { call: RelayedCall; queue: Promise<unknown> }>();

const report = (message: RelayReport) => parentPort!.postMessage(message);
const onFault = (what: string) => report({ type: 'fault', what });

parentPort!.on('message', (command: RelayCommand) => {
  if (command.type === 'open') {
    const onSilence = (seconds: number) => report({ type: 'silence', call: command.call, seconds });
    calls.set(command.call, { call: new RelayedCall(command.order, { pool, totals }, { onSilence, onFault }), queue: Promise.resolve() });
  }
  const known = calls.get(command.call);
  if (!known) {
    // It was of the worker before this one.
    if ('request' in command) report({ type: 'done', request: command.request, result: { failed: 'The relay has lost this call' } });
    return;
  }
  known.queue = known.queue
    .then(() => carryOut(known.call, command))
    .catch((error: Error): RelayResult => {
      if (error instanceof SdpRefused) return { refused: error.message };
      onFault(`${command.type}: ${error.message}`);
      return { failed: error.message };
    })
    .then((result) => {
      if (result && 'request' in command) report({ type: 'done', request: command.request, result });
    });
});

async function carryOut(call: RelayedCall, command: RelayCommand): Promise<RelayResult | undefined> {
  switch (command.type) {
    case 'open': {
      let opened = false;
      try {
        opened = await call.open();
      } finally {
        if (!opened) calls.delete(command.call);
      }
      return { opened };
    }
    case 'pass':
      return { sdp: await call.pass(command.from, command.sdp, command.kind) };
    case 'answered':
      call.answered();
      return undefined;
    case 'play':
      call.play(command.to, { 8000: await soundOf(command.files, 8000), 16000: await soundOf(command.files, 16000) });
      return undefined;
    case 'stats':
      return { stats: call.stats };
    case 'close': {
      calls.delete(command.call);
      const { stats } = call;
      await call.close();
      return { stats };
    }
  }
}

/** Sound files, one after the other. */
async function soundOf(files: readonly string[], rate: SampleRate): Promise<Int16Array> {
  const parts = await Promise.all(files.map((file) => sounds.load(file, rate)));
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

setInterval(() => {
  for (const { call } of calls.values()) call.look();
  report({ type: 'figures', figures: { sessions: calls.size, ...totals } });
}, 1000);
