import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import {
  confirmNetwork,
  factoryReset,
  firewallSettings,
  type HostState,
  hostnameSettings,
  logQuery,
  type NetworkSettings,
  type NetworkView,
  networkSettings,
  powerAction,
  restartService,
  setClock,
  sshSettings,
  type TimeView,
  timeSettings,
} from '../../server/src/host/contract/index.ts';
import { clock, disks, logEntries, readyState, services, system } from './host-facts.ts';

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/**
 * The host agent of a machine that is not there: speaks the language of the host socket (its schemas check what comes in), and keeps what is set in
 * memory. Stands for the daemon of another machine; the real one is tested on virtual machines in test/appliance.
 */
export class HostAgent {
  readonly folder = mkdtempSync(join(tmpdir(), 'dialtone-agent-'));
  readonly socketPath = join(this.folder, 'host.sock');
  /** What was asked for that cannot be seen in the settings: "reboot", "restart chrony", "erase". */
  readonly done: string[] = [];
  state: HostState = readyState;
  confirmMs = 120_000;
  network: NetworkSettings = { interfaces: [], dns: [] };
  firewall = {
    adminNetworks: ['192.168.0.0/16', 'fc00::/7'],
    sshNetworks: ['192.168.0.0/16'],
    openPorts: [] as { protocol: 'udp' | 'tcp'; from: number; to: number; comment: string }[],
  };
  ssh = { enabled: false, keys: [] as string[] };
  hostname = 'exchange';
  time: TimeView = clock;
  readonly services = services();
  readonly log = logEntries();
  readonly #server: Server;
  #pending: { token: string; deadline: number; settings: NetworkSettings; timer: NodeJS.Timeout } | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body));
      });
    });
  }

  static async start(changes: Partial<HostState> = {}): Promise<HostAgent> {
    const agent = new HostAgent();
    agent.publish(changes);
    await new Promise<void>((resolve) => agent.#server.listen(agent.socketPath, resolve));
    return agent;
  }

  /** What a server needs to find it. */
  get env(): Record<string, string> {
    return { DIALTONE_HOST_SOCKET: this.socketPath };
  }

  /** Writes the state file, as the agent does at every change. */
  publish(changes: Partial<HostState>): void {
    this.state = { ...this.state, ...changes };
    writeFileSync(join(this.folder, 'state.json'), JSON.stringify(this.state));
  }

  async stop(): Promise<void> {
    this.#endTrial();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    let text = '';
    for await (const part of request) text += String(part);
    const url = new URL(request.url ?? '/', 'http://host');
    try {
      const body = this.#route(`${request.method} ${url.pathname}`, text === '' ? {} : JSON.parse(text), url.searchParams);
      return { status: body === undefined ? 204 : 200, body };
    } catch (error) {
      const { status, code, message } = error instanceof Refusal ? error : new Refusal(500, 'host-failed', String(error));
      return { status, body: { status, code, detail: message } };
    }
  }

  #route(what: string, body: unknown, query: URLSearchParams): unknown {
    const given = <T>(schema: z.ZodType<T>, value: unknown = body): T => {
      const parsed = schema.safeParse(value);
      if (!parsed.success) throw new Refusal(400, 'invalid', parsed.error.message);
      return parsed.data;
    };
    switch (what) {
      case 'POST /time/clock': {
        this.done.push(`clock ${given(setClock).now}`);
        this.time = { ...this.time, jump: 0 };
        return this.#time();
      }
      case 'GET /state':
        return this.state;
      case 'GET /system':
        return system(this.state.buildId);
      case 'GET /services':
        return { services: this.services };
      case 'POST /services/restart': {
        const { name } = given(restartService);
        if (!this.services.some((each) => each.name === name && each.restartable))
          throw new Refusal(404, 'no-such-service', 'No such service.');
        this.done.push(`restart ${name}`);
        return undefined;
      }
      case 'GET /disks':
        return { disks: disks() };
      case 'GET /hostname':
        return { hostname: this.hostname };
      case 'PUT /hostname':
        this.hostname = given(hostnameSettings).hostname;
        return { hostname: this.hostname };
      case 'GET /time':
        return this.#time();
      case 'PUT /time':
        this.time = { ...this.time, settings: given(timeSettings) };
        return this.#time();
      case 'GET /firewall':
        return this.firewall;
      case 'PUT /firewall':
        this.firewall = given(firewallSettings);
        return this.firewall;
      case 'GET /ssh':
        return this.#ssh();
      case 'PUT /ssh':
        return this.#setSsh(given(sshSettings));
      case 'GET /logs':
        return this.#logs(given(logQuery, Object.fromEntries(query)));
      case 'POST /power':
        this.done.push(given(powerAction).action);
        return { accepted: true };
      case 'POST /factory-reset':
        if (given(factoryReset).confirm !== 'ERASE') throw new Refusal(409, 'confirm-needed', 'To erase everything, type ERASE.');
        this.done.push('erase');
        return { accepted: true };
      case 'GET /network':
        return this.#network();
      case 'PUT /network':
        return this.#try(given(networkSettings));
      case 'POST /network/confirm':
        this.network = this.#checked(given(confirmNetwork).token).settings;
        this.#endTrial();
        return this.#network();
      case 'POST /network/rollback':
        this.#checked(given(confirmNetwork).token);
        this.#endTrial();
        return this.#network();
      case 'POST /bans':
        return undefined;
      default:
        throw new Refusal(404, 'not-found', `There is no ${what}.`);
    }
  }

  #network(): NetworkView {
    const settings = this.#pending?.settings ?? this.network;
    const own = settings.interfaces.find((each) => each.name === 'enp1s0');
    const fixed = own?.method === 'static' ? own.addresses : ['127.0.0.1/8'];
    const port = (name: string, addresses: string[]) => ({
      name,
      mac: `52:54:00:12:34:0${name.charAt(3)}`,
      link: addresses.length > 0,
      speed: addresses.length > 0 ? 1000 : null,
      addresses,
      gateway: addresses.length > 0 ? '127.0.0.254' : null,
      gateway6: null,
    });
    const vlans = settings.interfaces.filter((each) => each.vlan).map((each) => port(each.name, each.addresses));
    const { token, deadline } = this.#pending ?? {};
    return {
      settings,
      status: [port('enp1s0', fixed), port('enp2s0', []), ...vlans],
      dns: settings.dns.length > 0 ? settings.dns : ['127.0.0.53'],
      pending:
        token && deadline ? { pending: token, deadline: new Date(deadline).toISOString(), addresses: staticAddresses(settings) } : null,
    };
  }

  #try(settings: NetworkSettings) {
    if (this.#pending) throw new Refusal(409, 'change-pending', 'Another change waits.');
    const timer = setTimeout(() => this.#endTrial(), this.confirmMs);
    this.#pending = { token: randomBytes(8).toString('hex'), deadline: Date.now() + this.confirmMs, settings, timer };
    return this.#network().pending;
  }

  #checked(token: string) {
    if (!this.#pending) throw new Refusal(404, 'nothing-pending', 'No change waits.');
    if (this.#pending.token !== token) throw new Refusal(409, 'wrong-token', 'Another change waits.');
    return this.#pending;
  }

  #endTrial(): void {
    clearTimeout(this.#pending?.timer);
    this.#pending = undefined;
  }

  #setSsh({ enabled, keys }: { enabled: boolean; keys: string[] }) {
    if (keys.some((key) => !/^ssh-ed25519 [A-Za-z0-9+/=]{20,}/.test(key)))
      throw new Refusal(400, 'key-wrong', 'This is not a public SSH key.');
    if (enabled && keys.length === 0) throw new Refusal(409, 'no-key', 'Add a key first.');
    this.ssh = { enabled, keys };
    return this.#ssh();
  }

  #ssh() {
    const keys = this.ssh.keys.map((key) => {
      const [type = '', blob = '', ...comment] = key.split(' ');
      const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
      return { type, comment: comment.join(' '), fingerprint: `SHA256:${digest}`, key };
    });
    return { enabled: this.ssh.enabled, keys, hostKeys: this.ssh.enabled ? ['SHA256:hostkeyhostkeyhostkeyhostkey (ED25519)'] : [] };
  }

  #logs({ unit, priority, since, until, text, cursor, limit }: z.output<typeof logQuery>) {
    const urgency = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
    const from = cursor ? this.log.findIndex((entry) => entry.cursor === cursor) + 1 : 0;
    const found = this.log
      .slice(from)
      .filter((entry) => !unit || entry.unit === unit)
      .filter((entry) => !priority || urgency.indexOf(entry.priority) <= urgency.indexOf(priority))
      .filter((entry) => (!since || entry.time >= since) && (!until || entry.time <= until))
      .filter((entry) => !text || entry.message.toLowerCase().includes(text.toLowerCase()));
    const entries = found.slice(0, limit);
    return { entries, next: found.length > limit ? (entries.at(-1)?.cursor ?? null) : null };
  }

  #time(): TimeView {
    return { ...this.time, now: new Date().toISOString() };
  }
}

const staticAddresses = ({ interfaces }: NetworkSettings): string[] =>
  interfaces.flatMap((each) =>
    each.addresses
      .filter((address) => (address.includes(':') ? each.ipv6 : each.method) === 'static')
      .map((address) => address.split('/')[0] ?? ''),
  );
