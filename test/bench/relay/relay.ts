import { median, printTable, shown } from '../figures.ts';
import { ensurePackages } from '../packages.ts';
import { BuiltInTarget } from './built-in.ts';
import { type RelayFigures, RelayLoad } from './relay-load.ts';
import { leaveRelayCore, type RelayTarget } from './relay-target.ts';
import { RtpengineTarget, rtpenginePackages } from './rtpengine.ts';

export interface RelayWish {
  readonly runs: number;
  /** Calls at once. */
  readonly sizes: readonly number[];
  /** rtpengine too, in turn with us. */
  readonly beside: boolean;
}

/** What is to be reached with so many calls on one core. */
const most = { cpu: 12, jitter: 5, losslessCalls: 400 };

const WARM_CALLS = 400;

const explanation = `
Calls are G.711, both sides talking: 100 packets a second a call. The relay has one thread for media and stays on one core, the load is made on
another. CPU is user and system time of the whole process for each packet. Jitter: how much later than the quickest of its stream a packet comes;
added: what the streams that go without a relay at the same time have is taken off. Loss and jitter are of one call in ten, 40 at most, which
are listened to; drops are those of the kernel at the ports of all calls. Medians; of losses the worst run.
`;

/** What it costs to relay media, and what it does to it; beside rtpengine when wanted. */
export async function benchRelay({ runs, sizes, beside }: RelayWish): Promise<void> {
  if (beside) ensurePackages(rtpenginePackages);
  leaveRelayCore();
  const targets: RelayTarget[] = [await BuiltInTarget.start()];
  try {
    if (beside) targets.push(await RtpengineTarget.start());
    const table = [['relayed calls', 'target', ...targets.flatMap(({ name }, n) => (n === 0 ? [name, ''] : [name, 'ratio']))]];
    for (const target of targets) await RelayLoad.warmUp(target, WARM_CALLS);
    for (const size of sizes) {
      const rounds: RelayFigures[][] = [];
      for (let round = 0; round < runs; round += 1) {
        const figures: RelayFigures[] = [];
        for (const target of targets) {
          const measured = await RelayLoad.measure(target, size);
          const { packetsPerSecond, cpuPerPacket, jitter, lost } = measured;
          const said = `${shown(packetsPerSecond)} packets/s, ${shown(cpuPerPacket)} us each, ${lost} lost, jitter p99 ${shown(jitter)} ms`;
          process.stdout.write(`${size} calls, round ${round + 1}, ${target.name}: ${said}\n`);
          figures.push(measured);
        }
        rounds.push(figures);
      }
      table.push(...rowsOf(size, rounds));
    }
    printTable(table);
    process.stdout.write(explanation);
  } finally {
    for (const target of targets) await target.stop();
  }
}

function rowsOf(size: number, rounds: readonly RelayFigures[][]): string[][] {
  const added = ({ jitter, jitterDirect }: RelayFigures) => Math.max(0, jitter - jitterDirect);
  const lossless = size <= most.losslessCalls ? 0 : undefined;
  return [
    row(`${size} calls: packets a second`, '', rounds, (figures) => figures.packetsPerSecond, {}),
    row('  CPU a packet', 'us', rounds, (figures) => figures.cpuPerPacket, { limit: most.cpu, ratio: true }),
    row('  lost', 'packets', rounds, (figures) => figures.lost, { limit: lossless, worst: true }),
    row('  dropped at the ports', 'packets', rounds, (figures) => figures.dropped, { limit: lossless, worst: true }),
    row('  added jitter p99', 'ms', rounds, added, { limit: most.jitter }),
    row('  jitter p99 without a relay', 'ms', rounds, (figures) => figures.jitterDirect, {}),
  ];
}

interface RowKind {
  readonly limit?: number | undefined;
  readonly ratio?: boolean;
  /** The worst run counts, not the median. */
  readonly worst?: boolean;
}

function row(
  what: string,
  unit: string,
  rounds: readonly RelayFigures[][],
  figure: (one: RelayFigures) => number,
  kind: RowKind,
): string[] {
  const { limit, ratio, worst } = kind;
  const values = (target: number) => rounds.map((round) => figure(round[target]!));
  const one = (target: number) => (worst ? Math.max(...values(target)) : median(values(target)));
  const cells = [what, limit === undefined ? '' : `<= ${shown(limit)} ${unit}`, `${shown(one(0))} ${unit}`];
  cells.push(limit === undefined ? '' : one(0) <= limit ? 'reached' : 'MISSED');
  for (let other = 1; other < rounds[0]!.length; other += 1) {
    const ratios = values(0).map((value, round) => value / values(other)[round]!);
    cells.push(`${shown(one(other))} ${unit}`, ratio ? median(ratios).toFixed(2) : '');
  }
  return cells;
}
