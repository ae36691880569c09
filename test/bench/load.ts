import { domain } from '../support/server.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { sleep } from '../support/wait.ts';
import { Probe } from './probe.ts';
import { costOf, type GatewayPorts, number, password, prober, subscribers, sum, type Target } from './target.ts';

/** What a run of registrations cost. */
export interface RegisterCost {
  /** CPU microseconds a registration, by program. */
  cpu: Record<string, number>;
  failed: number;
}

/** Every subscriber registers once (challenge and answer), so many a second. */
export async function registerAll(target: Target, rate: number): Promise<RegisterCost> {
  const rows = Array.from({ length: subscribers }, (_, n) => [number(n), credentials(number(n), password(n))]);
  const before = target.cpu();
  const phones = await Sipp.run('register', {
    to: `127.0.0.1:${target.sipPort}`,
    keys: { domain, contact_port: 5060 },
    rows,
    rate,
    trace: false,
    timeout: 300,
    mayFail: true,
    statistics: true,
  });
  await quiet(target, target.bindingDelayMs);
  return { cpu: costOf(before, target.cpu(), subscribers), failed: phones.total('FailedCall(C)') };
}

/** Waits until the server has nothing left to do: what it puts off belongs to the cost. Gives up after 20 s. */
async function quiet(target: Target, delayMs: number): Promise<void> {
  await sleep(delayMs + 1000);
  for (let look = 0, last = sum(target.cpu()); look < 20; look += 1) {
    await sleep(1000);
    const now = sum(target.cpu());
    if (now - last < 50_000) return;
    last = now;
  }
}

/** What a run of calls cost. */
export interface CallCost {
  /** CPU microseconds a call, by program. */
  cpu: Record<string, number>;
  lost: number;
  /** Calls that succeeded and left no record. */
  unrecorded: number;
  /** Milliseconds from INVITE to forwarded INVITE. */
  latencies: number[];
}

/** What is said of every measurement of calls. */
export const warmth = 'Calls are measured on warm servers: each has carried 16,000 at 1,000/s before.';

/** Calls until a server is as warm as one that has run for an hour: a compiler that still learns would be counted as cost of the calls. */
export async function warmUp(target: Target, ports: GatewayPorts): Promise<void> {
  for (let run = 0; run < 2; run += 1) await callsAt(target, 1000, ports);
}

/** Calls of subscribers to two gateways, so many a second for 8 to 20 seconds, each a second long; beside them the probe's. */
export async function callsAt(target: Target, rate: number, ports: GatewayPorts): Promise<CallCost> {
  const processes = Math.max(1, Math.ceil(rate / 250));
  const calls = Math.round((rate * Math.min(20, 8000 / rate)) / processes);
  const made = calls * processes;
  const gateways = await Promise.all(
    [ports['44'], ports['45']].map((port) =>
      Sipp.start('gateway-load', { port, calls: made, trace: false, timeout: 300, mayFail: true, patience: 60_000 }),
    ),
  );
  const to = { host: '127.0.0.1', port: target.sipPort };
  const probe = new Probe({ server: to, domain, caller: prober, prefix: '0046', rate: 20 });
  await probe.open(ports['46']);
  const recordsBefore = await target.records();
  const before = target.cpu();
  const callers = await Promise.all(
    Array.from({ length: processes }, (_, index) => {
      const rows = Array.from({ length: Math.floor(subscribers / processes) }, (_row, n) => {
        const who = index + n * processes;
        return [number(who), credentials(number(who), password(who)), `004${4 + (index % 2)}${String(10_000_000 + who)}`];
      });
      const load = { rows, calls, rate: rate / processes, limit: 20_000, trace: false, timeout: 300, mayFail: true, statistics: true };
      return Sipp.start('call', {
        to: `127.0.0.1:${target.sipPort}`,
        address: `127.0.0.${10 + index}`,
        keys: { domain },
        ...load,
        more: ['-d', '1000'],
      });
    }),
  );
  await probe.run(calls / (rate / processes));
  for (const caller of callers) await caller.finished();
  await quiet(target, 0);
  // The calls of the probe are accounted calls like the others.
  const cpu = costOf(before, target.cpu(), made + probe.samples.length);
  probe.close();
  for (const gateway of gateways) await gateway.stop();
  const lost = callers.reduce((total, caller) => total + caller.total('FailedCall(C)'), 0);
  const recorded = (await target.records()) - recordsBefore;
  // A phone would say it again after T1 (RFC 3261 17.1.1.2); the probe does not, so a datagram that got lost counts as that late.
  const latencies = [...probe.samples, ...Array.from({ length: probe.lost }, () => 500)];
  return { cpu, lost, unrecorded: Math.max(0, made - lost - recorded), latencies };
}
