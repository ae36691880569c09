import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import type { GatewayDto, newGateway } from '../../gateways/gateway.schemas.ts';
import { type ApiClient, CommandError } from '../api-client.ts';
import { passwordOf, withPasswordOptions, withServer } from '../context.ts';
import { table } from '../output.ts';

/** `host:port`, IPv6 in brackets; the port is 5060 when left out. */
export function parseHostPort(text: string, usualPort = 5060): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? usualPort);
  if (host === undefined || port < 1 || port > 65_535)
    throw new InvalidArgumentError('Expected HOST:PORT, such as 192.0.2.10:5060 or [2001:db8::1]:5060');
  return { host, port };
}

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number');
  return Number(text);
};

async function gatewayOf(api: ApiClient, name: string): Promise<GatewayDto> {
  const { items } = await api.get<{ items: GatewayDto[] }>('/gateways');
  const found = items.find((gateway) => gateway.name === name);
  if (!found) throw new CommandError(`No gateway ${name}. There are: ${items.map((g) => g.name).join(', ') || 'none'}`);
  return found;
}

interface AddOptions {
  prefix: string;
  strip?: number;
  add?: string;
  priority?: number;
  maxCalls?: number;
  transport?: 'udp' | 'tcp' | 'tls';
  tlsVerify?: boolean;
  username?: string;
  password?: string;
  passwordStdin?: boolean;
  register?: boolean;
  source?: string[];
  probe?: boolean;
}

/** `dialtone gateway ...` */
export function addGatewayCommands(program: Command): void {
  const gateway = program.command('gateway').description('gateways: add, list, rm');

  withPasswordOptions(gateway.command('add <name> <host:port>').description('define a gateway'))
    .requiredOption('--prefix <digits>', 'dialled prefix it serves, such as 00')
    .option('--strip <n>', 'digits to take off the front', wholeNumber)
    .option('--add <digits>', 'digits to put in front afterwards')
    .option('--priority <n>', 'lower is tried first', wholeNumber)
    .option('--max-calls <n>', 'simultaneous calls', wholeNumber)
    .option('--transport <protocol>', 'udp, tcp or tls')
    .option('--no-tls-verify', 'over TLS: take any certificate, even one that anybody could have made')
    .option('--username <user>', 'digest user the gateway gave us')
    .option('--register', 'register with the gateway')
    .option('--source <address...>', 'addresses or CIDR blocks its calls come from')
    .option('--probe', 'ask it every 30 s with OPTIONS whether it is alive; leave out for a peer that knows calls only', false)
    .action(
      withServer(async ({ api, out }, name: string, address: string, options: AddOptions) => {
        const { password: _password, passwordStdin: _stdin, source, ...rest } = options;
        const password = passwordOf(options);
        const body: z.input<typeof newGateway> & Record<string, unknown> = {
          name,
          ...parseHostPort(address, options.transport === 'tls' ? 5061 : 5060),
          ...rest,
          ...(password !== undefined && { password }),
          ...(source && { sources: source }),
        };
        const created = await api.post<GatewayDto>('/gateways', body);
        out.print(
          created,
          () =>
            `Gateway ${created.name} (${created.host}:${created.port}) serves prefix ${created.prefix || '(any)'}.${created.probe ? '' : ' It is not probed (see --probe).'}`,
        );
      }),
    );

  gateway
    .command('list')
    .description('all gateways with their state')
    .action(
      withServer(async ({ api, out }) => {
        const found = await api.get<{ items: GatewayDto[] }>('/gateways');
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'NAME', value: (g) => g.name },
              { title: 'ADDRESS', value: (g) => `${g.transport}:${g.host}:${g.port}` },
              { title: 'PREFIX', value: (g) => g.prefix },
              { title: 'STRIP', value: (g) => g.strip, right: true },
              { title: 'ADD', value: (g) => g.add },
              { title: 'PRIORITY', value: (g) => g.priority, right: true },
              { title: 'STATE', value: (g) => g.status.state },
              { title: 'RTT MS', value: (g) => g.status.rttMs, right: true },
              { title: 'CALLS', value: (g) => g.status.activeCalls, right: true },
            ],
            'No gateways.',
          ),
        );
      }),
    );

  gateway
    .command('rm <name>')
    .description('remove a gateway')
    .action(
      withServer(async ({ api, out }, name: string) => {
        const found = await gatewayOf(api, name);
        await api.delete(`/gateways/${found.id}`);
        out.print({ removed: found.name }, () => `Gateway ${found.name} removed.`);
      }),
    );
}
