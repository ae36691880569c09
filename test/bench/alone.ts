import { TestServer } from '../support/server.ts';
import { sleep } from '../support/wait.ts';
import { DialtoneTarget, importRates, importSubscribers } from './dialtone.ts';
import { median, printTable, quantile, shown } from './figures.ts';
import { type CallCost, callsAt, registerAll, warmth, warmUp } from './load.ts';
import { freeGatewayPorts, type GatewayPorts, subscribers, sum, type Wish } from './target.ts';

const megabyte = 1024 * 1024;

/** Measures this server alone and prints what was measured beside the target. */
export async function benchAlone({ runs, rates, wanted }: Wish): Promise<void> {
  const table: string[][] = [['measured here', 'target', 'measured', '']];

  function row(what: string, measured: number, unit: string, most?: number): void {
    const cells = [most === undefined ? '' : `<= ${shown(most)} ${unit}`, `${shown(measured)} ${unit}`];
    table.push([what, ...cells, most === undefined ? '' : measured <= most ? 'reached' : 'MISSED']);
    process.stdout.write(`${what}: ${cells[1]}${cells[0] ? ` (target ${cells[0]})` : ''}\n`);
  }

  async function benchRegistrations(target: DialtoneTarget): Promise<void> {
    const before = await settledMemory(target.server);
    const costs = [await registerAll(target, 1500)];
    const after = await settledMemory(target.server);
    row(`memory of ${subscribers} bindings`, (after - before) / megabyte, 'MB', 60);
    while (costs.length < runs) costs.push(await registerAll(target, 1500));
    row('CPU a digest REGISTER (challenge and answer)', median(costs.map((one) => sum(one.cpu))), 'us', 200);
    row('failed registrations', Math.max(...costs.map((one) => one.failed)), 'phones', 0);
  }

  async function benchCalls(target: DialtoneTarget, ports: GatewayPorts): Promise<void> {
    await warmUp(target, ports);
    for (const rate of rates) {
      const results: CallCost[] = [];
      for (let run = 0; run < runs; run += 1) results.push(await callsAt(target, rate, ports));
      const latencies = results.map((one) => one.latencies);
      row(`CPU a billed call at ${rate}/s`, median(results.map((one) => sum(one.cpu))), 'us', 600);
      row(`INVITE to forwarded at ${rate}/s, p50`, median(latencies.map((one) => quantile(one, 0.5))), 'ms');
      row(`INVITE to forwarded at ${rate}/s, p99`, median(latencies.map((one) => quantile(one, 0.99))), 'ms', rate <= 500 ? 20 : undefined);
      row(`lost calls at ${rate}/s`, Math.max(...results.map((one) => one.lost)), 'calls', 0);
      row(`calls without a record at ${rate}/s`, Math.max(...results.map((one) => one.unrecorded)), 'calls', 0);
    }
  }

  async function benchStart(server: TestServer): Promise<void> {
    let started = performance.now();
    await importSubscribers(server, 100_000);
    row('import of 100,000 subscribers', (performance.now() - started) / 1000, 's');
    started = performance.now();
    await importRates(server, 300_000);
    row('import of 300,000 rates', (performance.now() - started) / 1000, 's');
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      await server.end();
      started = performance.now();
      await server.launch();
      times.push((performance.now() - started) / 1000);
    }
    row('start with 100,000 subscribers and 300,000 rates', median(times), 's', 10);
  }

  if (wanted('calls')) process.stdout.write(`${warmth}\n`);
  if (wanted('register') || wanted('calls')) {
    const ports = await freeGatewayPorts();
    const target = await DialtoneTarget.start(ports);
    try {
      if (wanted('register')) await benchRegistrations(target);
      if (wanted('calls')) await benchCalls(target, ports);
    } finally {
      await target.stop();
    }
  }
  if (wanted('start')) {
    const server = await TestServer.start('bench-start');
    try {
      await benchStart(server);
    } finally {
      await server.stop();
    }
  }
  if (table.length > 1) printTable(table);
}

/** Memory after the garbage of the last seconds had time to go: the least of some looks. */
async function settledMemory(server: TestServer): Promise<number> {
  const looks: number[] = [];
  for (let n = 0; n < 10; n += 1) {
    await sleep(1000);
    looks.push(server.residentBytes());
  }
  return Math.min(...looks);
}
