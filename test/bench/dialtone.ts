import { addGateway, addRate } from '../support/provision.ts';
import { TestServer } from '../support/server.ts';
import { sleep } from '../support/wait.ts';
import { type GatewayPorts, number, password, prober, subscribers, type Target } from './target.ts';

/** Our own server, provisioned through its API. */
export class DialtoneTarget implements Target {
  readonly name = 'Dialtone';
  readonly bindingDelayMs = 200;
  readonly server: TestServer;

  private constructor(server: TestServer) {
    this.server = server;
  }

  static async start(ports: GatewayPorts): Promise<DialtoneTarget> {
    const server = await TestServer.start('bench', { env: { DIALTONE_LOG: 'warn' } });
    try {
      await importSubscribers(server, subscribers);
      await provisionCalls(server, ports);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return new DialtoneTarget(server);
  }

  get sipPort(): number {
    return this.server.sipPort;
  }

  cpu(): Record<string, number> {
    return { dialtone: this.server.cpuMicroseconds() };
  }

  async records(): Promise<number> {
    const database = this.server.database();
    try {
      return database.number('SELECT count(*) FROM cdrs WHERE answeredAt IS NOT NULL');
    } finally {
      database.close();
    }
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

export async function importSubscribers(server: TestServer, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => `${number(n)},${password(n)},1000.00`);
  const result = await server.api.post('/subscribers/import', { csv: `number,password,balance\n${rows.join('\n')}\n` });
  if (result.created !== count)
    throw new Error(`${result.created} of ${count} subscribers were made: ${JSON.stringify(result.errors?.slice(0, 3))}`);
}

async function provisionCalls(server: TestServer, ports: GatewayPorts): Promise<void> {
  for (const [prefix, port] of Object.entries(ports)) {
    await addGateway(server, `Load ${prefix}`, `127.0.0.1:${port}`, { prefix: `00${prefix}` });
    await addRate(server, prefix, '0.01');
  }
  const pages = Math.ceil(subscribers / 250);
  for (let page = 1; page <= pages; page += 1) {
    const ids = (await server.api.list(`/subscribers?page=${page}&pageSize=250`)).map((one) => one.id);
    await server.api.post('/subscribers/bulk', { ids, action: 'grant', group: 'int' });
  }
  await server.api.post('/subscribers', {
    number: prober.user,
    sipPassword: prober.password,
    groups: ['int'],
    balance: '1000.00',
    maxCalls: 1000,
  });
}

export async function importRates(server: TestServer, count: number): Promise<void> {
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
