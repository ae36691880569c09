import { ApiClient, type Json } from '../../support/api.ts';
import { administrator } from '../../support/server.ts';
import { SipClient } from '../../support/sip-client.ts';
import { eventually, sleep } from '../../support/wait.ts';
import { Console } from '../machine/console.ts';
import { BOOT_MS, Machine, type MachineOptions } from '../machine/machine.ts';
import type { Ports } from '../machine/ports.ts';

/** The first address QEMU's user network gives out. */
const GUEST = '10.0.2.15';

/** A running appliance, seen from the network and from its console. */
export class Appliance {
  readonly machine: Machine;
  readonly console: Console;
  readonly ports: Ports;
  readonly api: ApiClient;

  private constructor(machine: Machine) {
    this.machine = machine;
    this.console = new Console(machine);
    this.ports = machine.ports;
    this.api = new ApiClient(this.web);
  }

  static async boot(options: MachineOptions): Promise<Appliance> {
    return new Appliance(await Machine.start(options));
  }

  get web(): string {
    return `https://127.0.0.1:${this.ports.https}`;
  }
  /** The page of the host agent, for when the server does not run. */
  get statusPage(): string {
    return `http://127.0.0.1:${this.ports.status}`;
  }
  get sip(): string {
    return `127.0.0.1:${this.ports.sip}`;
  }

  /** Waits until the first screen says that the server runs, and the web answers. */
  async running(withinMs = BOOT_MS): Promise<void> {
    await this.console.overview(/(?<!not )running|en marcha/, withinMs);
    await eventually('the web answers', () => this.info(), 180_000);
  }

  info(): Promise<Json> {
    return this.api.get('/public/info');
  }

  /** By session, as the pages do it: the token file is inside of the machine. */
  async logIn(): Promise<void> {
    await eventually(
      'the administrator logs in',
      () => this.api.post('/session', { login: administrator.login, password: administrator.password }),
      180_000,
    );
  }

  /** Seconds from power on until SIP is answered (OPTIONS, RFC 3261 section 11): there is a dial tone. */
  async dialTone(withinMs = BOOT_MS): Promise<number> {
    const client = await SipClient.open('127.0.0.1', this.ports.sip);
    try {
      await eventually(
        'OPTIONS is answered',
        async () => {
          await client.send(client.text('OPTIONS', `sip:${GUEST}`));
          await sleep(900);
          return client.received.some(({ status }) => status >= 200);
        },
        withinMs,
      );
      return this.machine.seconds;
    } finally {
      client.close();
    }
  }

  /** The text of the status page, without its markup. */
  async status(): Promise<string> {
    const answer = await eventually('the status page answers', () => fetch(this.statusPage, { redirect: 'manual' }), 180_000);
    const page = await answer.text();
    return page.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
  }
}
