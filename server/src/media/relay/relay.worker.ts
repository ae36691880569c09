import { parentPort, workerData } from 'node:worker_threads';
import { SdpRefused } from '../engine.ts';
import { PortPool } from '../ports/port-pool.ts';
import type { RelayCommand, RelayReport, RelayResult, RelayWorkerData } from './messages.ts';
import { RelayedCall } from './relayed-call.ts';

const { range } = workerData as RelayWorkerData;
const pool = new PortPool(range);
/** A call, and what is asked of it and not done yet: one thing after the other. */
const calls = new Map<number, { call: RelayedCall; queue: Promise<unknown> }>();
/** Of calls that have ended. */
const ended = { packets: 0, bytes: 0, strangers: 0 };

const report = (message: RelayReport) => parentPort!.postMessage(message);
const onFault = (what: string) => report({ type: 'fault', what });

parentPort!.on('message', (command: RelayCommand) => {
  if (command.type === 'open') {
    const onSilence = (seconds: number) => report({ type: 'silence', call: command.call, seconds });
    calls.set(command.call, { call: new RelayedCall(command.order, pool, { onSilence, onFault }), queue: Promise.resolve() });
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
    case 'stats':
      return { stats: call.stats };
    case 'close': {
      calls.delete(command.call);
      const { stats } = call;
      add(ended, stats.caller);
      add(ended, stats.callee);
      await call.close();
      return { stats };
    }
  }
}

setInterval(() => {
  const total = { ...ended };
  let portsOpen = 0;
  for (const { call } of calls.values()) {
    call.look();
    portsOpen += call.portsOpen;
    add(total, call.stats.caller);
    add(total, call.stats.callee);
  }
  report({ type: 'figures', figures: { sessions: calls.size, portsOpen, ...total } });
}, 1000);

function add(total: typeof ended, more: typeof ended): void {
  total.packets += more.packets;
  total.bytes += more.bytes;
  total.strangers += more.strangers;
}
