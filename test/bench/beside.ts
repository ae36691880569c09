import { DialtoneTarget } from './dialtone.ts';
import { median, printTable, quantile, shown } from './figures.ts';
import { KamailioTarget, kamailioPackages } from './kamailio.ts';
import { callsAt, registerAll, warmth, warmUp } from './load.ts';
import { ensurePackages } from './packages.ts';
import { freeGatewayPorts, sum, type Target, type Wish } from './target.ts';

interface Figure {
  what: string;
  value: number;
  /** `cost`: the median counts, and its ratio; `part`: of the cost above, no ratio; `fault`: the worst run counts. */
  kind: 'cost' | 'part' | 'fault';
}

const explanation = `
${warmth}
CPU is user and system time of all processes of a server. A ratio is this server to the other within a round, the median of the rounds;
of failures the worst round is shown.

All three do for a call: challenge (407), digest by HA1, group of the caller, gateway by prefix, INVITE, ACK and BYE carried through, record.
Dialtone, beside that: digests with qop, SHA-256 offered; rate, hold on the credit, timer for its end; the answered call synced to disk
  before the caller sees 200; charge of account and ledger; two dialogs of its own (B2BUA).
Kamailio + MariaDB: SELECT of HA1 and of the group; INSERT for the INVITE after its 200 and for the BYE, each synced to disk by itself.
  A REGISTER: SELECT of HA1; the binding is written later by a timer (db_mode 2), a statement each; that is counted.
Kamailio in memory: no SQL; bindings are lost with the process, records are lines of a log that nobody syncs.
`;

/** Measures this server and Kamailio, in both its ways, in turn with the same load, and prints them side by side. */
export async function benchBeside({ runs, rates, wanted }: Wish): Promise<void> {
  ensurePackages(kamailioPackages);
  const ports = await freeGatewayPorts();
  const targets: Target[] = [];
  const stopAll = async () => {
    const ends = await Promise.allSettled(targets.splice(0).map((target) => target.stop()));
    for (const end of ends) if (end.status === 'rejected') process.stderr.write(`${end.reason}\n`);
  };
  const interrupted = () => void stopAll().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const registerFigures = async (target: Target): Promise<Figure[]> => {
    const { cpu, failed } = await registerAll(target, 1500);
    return [...cpuFigures('digest REGISTER', cpu), { what: '  failed', value: failed, kind: 'fault' }];
  };
  const callFigures = async (target: Target, rate: number): Promise<Figure[]> => {
    const { cpu, lost, unrecorded, latencies } = await callsAt(target, rate, ports);
    return [
      ...cpuFigures(`gateway call at ${rate}/s`, cpu),
      { what: '  INVITE to forwarded p50, ms', value: quantile(latencies, 0.5), kind: 'cost' },
      { what: '  INVITE to forwarded p99, ms', value: quantile(latencies, 0.99), kind: 'cost' },
      { what: '  lost', value: lost, kind: 'fault' },
      { what: '  without a record', value: unrecorded, kind: 'fault' },
    ];
  };
  try {
    targets.push(await DialtoneTarget.start(ports));
    targets.push(await KamailioTarget.start('manual', ports));
    targets.push(await KamailioTarget.start('memory', ports));
    const [ours, ...theirs] = targets.map((target) => target.name);
    const head = [`medians of ${runs}`, ours ?? '', ...theirs.flatMap((name) => [name, 'ratio'])];
    const table = [head];
    const inTurn = async (measure: (target: Target) => Promise<Figure[]>) => {
      const rounds: Figure[][][] = [];
      for (let round = 0; round < runs; round += 1) {
        const figures: Figure[][] = [];
        for (const target of targets) {
          const measured = await measure(target);
          const cost = measured[0];
          if (cost) process.stdout.write(`${cost.what}, round ${round + 1}, ${target.name}: ${shown(cost.value)}\n`);
          figures.push(measured);
        }
        rounds.push(figures);
      }
      const rows = rowsOf(rounds);
      table.push(...rows);
      printTable([head, ...rows]);
    };
    if (wanted('register')) await inTurn(registerFigures);
    if (wanted('calls')) {
      for (const target of targets) await warmUp(target, ports);
      for (const rate of rates) await inTurn((target) => callFigures(target, rate));
    }
    process.stdout.write('\nAll together\n');
    printTable(table);
    process.stdout.write(explanation);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await stopAll();
  }
}

function cpuFigures(what: string, cpu: Record<string, number>): Figure[] {
  return [
    { what: `CPU a ${what}, us`, value: sum(cpu), kind: 'cost' },
    ...['kamailio', 'mariadb'].map((program): Figure => ({ what: `  of it ${program}`, value: cpu[program] ?? Number.NaN, kind: 'part' })),
  ];
}

/** One row for each figure: ours, then each other with the ratio of ours to it. */
function rowsOf(rounds: Figure[][][]): string[][] {
  const [ours, ...theirs] = rounds[0] ?? [];
  return (ours ?? []).map(({ what, kind }, figure) => {
    const values = (target: number) => rounds.map((round) => round[target]?.[figure]?.value ?? Number.NaN);
    const cell = (target: number) => {
      const value = kind === 'fault' ? Math.max(...values(target)) : median(values(target));
      return Number.isNaN(value) ? '' : kind === 'fault' ? String(value) : shown(value);
    };
    const ratio = (target: number) => {
      const own = values(0);
      return kind === 'cost' ? median(values(target).map((value, round) => (own[round] ?? Number.NaN) / value)).toFixed(2) : '';
    };
    return [what, cell(0), ...theirs.flatMap((_, index) => [cell(index + 1), ratio(index + 1)])];
  });
}
