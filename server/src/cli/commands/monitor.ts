import { setTimeout as wait } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import type { MonitorDto, pingResult } from '../../monitoring/node.schemas.ts';
import { CommandError } from '../api-client.ts';
import { withServer } from '../context.ts';
import { facts } from '../output.ts';

const CLEAR_SCREEN = '\u001b[2J\u001b[H';

const named = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join('  ') || 'none';

type Relay = MonitorDto['media']['relays'][number];

/** Ports are the daemons' business where those relay. */
const relayed = ({ chosen, sessions, portsOpen, ports, strangers, losses }: Relay): string =>
  [
    ...[`calls ${sessions}`, ports > 0 && `ports ${portsOpen} of ${ports}`, strangers > 0 && `strangers ${strangers}`],
    ...[losses > 0 && `lost ${losses} times`, chosen && '(for new calls)'],
  ]
    .filter((part) => part !== false)
    .join('  ');

/** What carries the sound of calls. */
const media = ({ relays, services }: MonitorDto['media']): [string, string][] => [
  ...relays.flatMap((relay): [string, string][] => [
    [`Relay ${relay.name}`, `${relay.healthy ? 'lives' : 'DOWN'}  ${relayed(relay)}`],
    ...relay.nodes.map(({ address, healthy }): [string, string] => [`  ${address}`, healthy ? 'answers' : 'DOES NOT ANSWER']),
  ]),
  ['Services', `${services.healthy ? 'live' : 'DOWN'}  calls ${services.endpoints}  ports ${services.portsOpen} of ${services.ports}`],
];

/** What H-8 names: version, up since, transactions, replies by class, stateless replies by code, registered and expired bindings; and what carries the sound. */
function screen(m: MonitorDto): string {
  const t = m.transactions;
  return facts([
    ['Version', m.version],
    ['Up since', `${m.startedAt} (${m.upSeconds} s)`],
    ['Transactions', `current ${t.current}  waiting ${t.waiting}  total ${t.total}  local ${t.local}`],
    ['Replies by class', named(m.repliesByClass)],
    ['Stateless replies', named(m.stateless)],
    ['Registrations', `registered ${m.registrations.registered}  expired ${m.registrations.expired}`],
    ['Calls', `active ${m.calls.active}  talking ${m.calls.talking}`],
    ['Phones behind NAT', named(m.keepAlive)],
    ...media(m.media),
    ['Process', `memory ${Math.round(m.process.memoryBytes / 1_048_576)} MiB  CPU ${m.process.cpuSeconds.toFixed(1)} s`],
  ]);
}

const secondsOption = (text: string): number => {
  const seconds = Number(text);
  if (!(seconds >= 0.2)) throw new InvalidArgumentError('Expected seconds, at least 0.2');
  return seconds;
};

/** `dialtone monitor` and `dialtone ping`. */
export function addMonitorCommands(program: Command): void {
  program
    .command('monitor')
    .description('counters of the SIP server, refreshed until interrupted; once with --json, --once or into a pipe')
    .option('--once', 'print once and end')
    .option('--every <seconds>', 'pause between two looks', secondsOption, 2)
    .action(
      withServer(async ({ api, out, json }, options: { once?: boolean; every: number }) => {
        const look = () => api.get<MonitorDto>('/monitor');
        if (json || options.once || !process.stdout.isTTY) {
          const seen = await look();
          out.print(seen, () => screen(seen));
          return;
        }
        for (;;) {
          const seen = await look();
          process.stdout.write(`${CLEAR_SCREEN}${screen(seen)}\n`);
          await wait(options.every * 1000);
        }
      }),
    );

  program
    .command('ping <uri>')
    .description('ask a SIP address with OPTIONS whether it is there')
    .action(
      withServer(async ({ api, out }, uri: string) => {
        const answer = await api.post<z.infer<typeof pingResult>>('/ping', { uri });
        out.print(answer, () =>
          answer.ok ? `${answer.uri}: ${answer.status} ${answer.reason}, ${answer.rttMs} ms` : `${answer.uri}: ${answer.reason}`,
        );
        if (!answer.ok) throw new CommandError(`${answer.uri} did not answer`);
      }),
    );
}
