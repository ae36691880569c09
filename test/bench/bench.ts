// `npm run bench`: what a registration and a paid call cost, and what stays in memory. Prints one table: target and measured.
// `npm run bench -- register calls start` runs those parts only. DIALTONE_BENCH_RUNS sets how often each is measured (median; 3).
import { freePort } from '../support/ports.ts';
import { addGateway, addRate } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { sleep } from '../support/wait.ts';
import { Probe } from './probe.ts';

const subscribers = 10_000;
const runs = Number(process.env.DIALTONE_BENCH_RUNS ?? 3);
const parts = process.argv.slice(2);
const wanted = (part: string) => parts.length === 0 || parts.includes(part);
const megabyte = 1024 * 1024;
const table: { what: string; target: string; measured: string; good: boolean | undefined }[] = [];

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const quantile = (values: number[], part: number) => values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
const number = (n: number) => String(100_000 + n);
const password = (n: number) => `pw-${n}`;

function row(what: string, measured: number, unit: string, most?: number): void {
  const shown = (value: number) => `${value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${unit}`;
  const entry = {
    what,
    target: most === undefined ? '' : `<= ${shown(most)}`,
    measured: shown(measured),
    good: most === undefined ? undefined : measured <= most,
  };
  table.push(entry);
  process.stdout.write(`${what}: ${entry.measured}${entry.target ? ` (target ${entry.target})` : ''}\n`);
}

function csvOfSubscribers(count: number): string {
  const rows = Array.from({ length: count }, (_, n) => `${number(n)},${password(n)},1000.00`);
  return `number,password,balance\n${rows.join('\n')}\n`;
}

async function importSubscribers(server: TestServer, count: number): Promise<void> {
  const result = await server.api.post('/subscribers/import', { csv: csvOfSubscribers(count) });
  if (result.created !== count)
    throw new Error(`${result.created} of ${count} subscribers were made: ${JSON.stringify(result.errors?.slice(0, 3))}`);
}

async function allowAbroad(server: TestServer): Promise<void> {
  const pages = Math.ceil(subscribers / 250);
  for (let page = 1; page <= pages; page += 1) {
    const ids = (await server.api.list(`/subscribers?page=${page}&pageSize=250`)).map((one) => one.id);
    await server.api.post('/subscribers/bulk', { ids, action: 'grant', group: 'int' });
  }
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

/** Every subscriber registers once (challenge and answer). Gives CPU microseconds a registration. */
async function registerAll(server: TestServer, rate: number): Promise<number> {
  const rows = Array.from({ length: subscribers }, (_, n) => [number(n), credentials(number(n), password(n))]);
  const cpu = server.cpuMicroseconds();
  const phones = await Sipp.run('register', {
    to: server.sip,
    keys: { domain, contact_port: 5060 },
    rows,
    rate,
    trace: false,
    timeout: 300,
    mayFail: true,
    statistics: true,
  });
  const used = server.cpuMicroseconds() - cpu;
  if (phones.total('FailedCall(C)') > 0) process.stdout.write(`${phones.total('FailedCall(C)')} registrations failed\n`);
  return used / subscribers;
}

async function benchRegistrations(server: TestServer): Promise<void> {
  const before = await settledMemory(server);
  const costs = [await registerAll(server, 1500)];
  const after = await settledMemory(server);
  row(`memory of ${subscribers} bindings`, (after - before) / megabyte, 'MB', 60);
  while (costs.length < runs) costs.push(await registerAll(server, 1500));
  row('CPU a digest REGISTER (challenge and answer)', median(costs), 'us', 200);
}

interface CallCost {
  cpu: number;
  lost: number;
  latencies: number[];
}

async function callsAt(server: TestServer, rate: number, ports: [number, number], probe: Probe): Promise<CallCost> {
  const processes = Math.max(1, Math.ceil(rate / 250));
  const calls = Math.round((rate * Math.min(20, 8000 / rate)) / processes);
  const gateways = await Promise.all(
    ports.map((port) =>
      Sipp.start('gateway-load', { port, calls: calls * processes, trace: false, timeout: 300, mayFail: true, patience: 60_000 }),
    ),
  );
  probe.reset();
  const cpu = server.cpuMicroseconds();
  const callers = await Promise.all(
    Array.from({ length: processes }, (_, index) => {
      const rows = Array.from({ length: Math.floor(subscribers / processes) }, (_row, n) => {
        const who = index + n * processes;
        return [number(who), credentials(number(who), password(who)), `004${4 + (index % 2)}${String(10_000_000 + who)}`];
      });
      const load = { rows, calls, rate: rate / processes, limit: 20_000, trace: false, timeout: 300, mayFail: true, statistics: true };
      return Sipp.start('call', { to: server.sip, address: `127.0.0.${10 + index}`, keys: { domain }, ...load, more: ['-d', '1000'] });
    }),
  );
  await probe.run(calls / (rate / processes));
  for (const caller of callers) await caller.finished();
  await sleep(500);
  const used = server.cpuMicroseconds() - cpu;
  for (const gateway of gateways) await gateway.stop();
  const made = calls * processes;
  const lost = callers.reduce((sum, caller) => sum + caller.total('FailedCall(C)'), 0);
  // The calls of the probe are billed calls like the others.
  return { cpu: used / (made + probe.samples.length), lost, latencies: [...probe.samples] };
}

async function benchCalls(server: TestServer): Promise<void> {
  const ports: [number, number] = [await freePort(), await freePort()];
  const probePort = await freePort();
  await addGateway(server, 'Load one', `127.0.0.1:${ports[0]}`, { prefix: '0044' });
  await addGateway(server, 'Load two', `127.0.0.1:${ports[1]}`, { prefix: '0045' });
  await addGateway(server, 'Probe', `127.0.0.1:${probePort}`, { prefix: '0046' });
  for (const prefix of ['44', '45', '46']) await addRate(server, prefix, '0.01');
  await allowAbroad(server);
  const { subscriber } = await server.api.post('/subscribers', {
    number: '99',
    sipPassword: 'probe',
    groups: ['int'],
    balance: '1000.00',
    maxCalls: 1000,
  });
  const caller = { user: subscriber.number, password: 'probe' };
  const probe = new Probe({ server: { host: '127.0.0.1', port: server.sipPort }, domain, caller, prefix: '0046', rate: 20 });
  await probe.open(probePort);
  await callsAt(server, 200, ports, probe);
  for (const rate of [200, 500, 1000]) {
    const results: CallCost[] = [];
    for (let run = 0; run < runs; run += 1) results.push(await callsAt(server, rate, ports, probe));
    const latencies = results.map((one) => one.latencies);
    row(`CPU a billed call at ${rate}/s`, median(results.map((one) => one.cpu)), 'us', 600);
    row(`INVITE to forwarded at ${rate}/s, p50`, median(latencies.map((one) => quantile(one, 0.5))), 'ms');
    row(`INVITE to forwarded at ${rate}/s, p99`, median(latencies.map((one) => quantile(one, 0.99))), 'ms', rate <= 500 ? 20 : undefined);
    row(`lost calls at ${rate}/s`, Math.max(...results.map((one) => one.lost)), 'calls', 0);
  }
  probe.close();
}

async function importRates(server: TestServer, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => `${1_000_000 + n * 7},Destination ${n},0.01000`);
  const form = new FormData();
  form.append('file', new Blob([`prefix,name,price\n${rows.join('\n')}\n`], { type: 'text/csv' }), 'rates.csv');
  form.append('options', '{}');
  const { id } = await server.api.post('/rate-imports', form);
  const state = async (wantedState: string) => {
    for (;;) {
      const job = await server.api.get(`/rate-imports/${id}`);
      if (job.state === wantedState) return;
      if (job.state === 'failed') throw new Error(`The rate import failed: ${JSON.stringify(job)}`);
      await sleep(200);
    }
  };
  await state('ready');
  await server.api.post(`/rate-imports/${id}/commit`, {});
  await state('done');
}

async function benchStart(): Promise<void> {
  const server = await TestServer.start('bench-start');
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
  await server.stop();
}

if (wanted('register') || wanted('calls')) {
  const server = await TestServer.start('bench', { env: { DIALTONE_LOG: 'warn' } });
  await importSubscribers(server, subscribers);
  if (wanted('register')) await benchRegistrations(server);
  if (wanted('calls')) await benchCalls(server);
  await server.stop();
}
if (wanted('start')) await benchStart();

const width = Math.max(...table.map((entry) => entry.what.length));
process.stdout.write(`\n${'measured here'.padEnd(width)}  ${'target'.padStart(12)}  ${'measured'.padStart(12)}\n`);
for (const { what, target, measured, good } of table) {
  process.stdout.write(
    `${what.padEnd(width)}  ${target.padStart(12)}  ${measured.padStart(12)}  ${good === undefined ? '' : good ? 'reached' : 'MISSED'}\n`,
  );
}
