import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** How a router translates: the same port outside for every peer, or another one for each. Both let in only who was written to. */
export type Translation = 'port-restricted' | 'symmetric';

/** A network namespace: a machine with interfaces and routes of its own. */
export class Namespace {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    ip('netns', 'add', name);
    this.run('ip', 'link', 'set', 'lo', 'up');
  }

  /** A command line that runs inside. */
  within(command: string, args: readonly string[]): [command: string, args: string[]] {
    return ['ip', ['netns', 'exec', this.name, command, ...args]];
  }

  run(command: string, ...args: string[]): string {
    return execute(...this.within(command, args));
  }

  /** Gives an interface an address and takes it up. */
  address(device: string, cidr: string): void {
    this.run('ip', 'address', 'add', cidr, 'dev', device);
    this.run('ip', 'link', 'set', device, 'up');
  }

  set(name: string, value: number): void {
    this.run('sysctl', '-q', '-w', `${name}=${value}`);
  }
}

/** A router that hides its network 192.168.1.0/24 behind one public address; all of them use the same network, as at home. */
export class Router extends Namespace {
  readonly publicAddress: string;

  constructor(name: string, publicAddress: string) {
    super(name);
    this.publicAddress = publicAddress;
  }

  translate(kind: Translation): void {
    const how = kind === 'symmetric' ? 'masquerade random,fully-random' : 'masquerade';
    const rules = [
      'flush ruleset',
      `table ip nat { chain out { type nat hook postrouting priority srcnat; oifname "wan" ${how}; }; }`,
      // Nothing comes in that nobody inside asked for.
      'table ip filter { chain in { type filter hook forward priority filter; policy drop; iifname "lan" accept; ct state established,related accept; }; }',
    ];
    for (const rule of rules) this.run('nft', ...rule.split(' '));
    this.forget();
  }

  /** Forgets every mapping, as after a restart. */
  forget(): void {
    // Taking the address away makes the kernel drop what was masqueraded behind it.
    this.run('ip', 'address', 'flush', 'dev', 'wan');
    this.run('ip', 'address', 'add', `${this.publicAddress}/24`, 'dev', 'wan');
  }

  /** Seconds after which a mapping that nothing came through is forgotten. */
  mappingLasts(seconds: number): void {
    this.set('net.netfilter.nf_conntrack_udp_timeout', seconds);
    this.set('net.netfilter.nf_conntrack_udp_timeout_stream', seconds);
  }
}

const PREFIX = 'dialtone-nat-';

/**
 * A small internet (203.0.113.0/24): a server, two machines with public addresses, two routers. Made of network namespaces, all of them
 * removed by remove(); those of a run that was killed go at the next start.
 */
export class Internet {
  readonly server: Namespace;
  /** Address of the server, and how the test itself reaches it (no phone can). */
  readonly serverAddress = '203.0.113.10';
  readonly backDoor = '10.231.77.2';
  readonly routers: readonly [Router, Router];
  readonly #spaces: Namespace[] = [];
  readonly #switch: Namespace;
  #links = 0;

  constructor() {
    removeLeftovers();
    this.#switch = this.#add(new Namespace(nameOf('switch')));
    this.#switch.run('ip', 'link', 'add', 'lan', 'type', 'bridge');
    this.#switch.run('ip', 'link', 'set', 'lan', 'up');
    this.server = this.host('server', this.serverAddress);
    this.routers = [this.#router('left', '203.0.113.31'), this.#router('right', '203.0.113.41')];
    ip('link', 'add', hostLink, 'type', 'veth', 'peer', 'name', 'back', 'netns', this.server.name);
    ip('address', 'add', '10.231.77.1/30', 'dev', hostLink);
    ip('link', 'set', hostLink, 'up');
    this.server.address('back', `${this.backDoor}/30`);
  }

  /** A machine with an address everybody reaches. */
  host(name: string, address: string): Namespace {
    const host = this.#add(new Namespace(nameOf(name)));
    this.#plug(host, 'eth0', this.#switch);
    host.address('eth0', `${address}/24`);
    return host;
  }

  /** A machine behind a router; `last` is the last number of its address. */
  behind(router: Router, name: string, last: number): Namespace {
    const host = this.#add(new Namespace(nameOf(name)));
    this.#plug(host, 'eth0', router);
    host.address('eth0', `192.168.1.${last}/24`);
    host.run('ip', 'route', 'add', 'default', 'via', '192.168.1.1');
    return host;
  }

  remove(): void {
    for (const { name } of this.#spaces) ip('netns', 'del', name);
    try {
      ip('link', 'del', hostLink);
    } catch {
      // Went with its other end.
    }
  }

  #router(name: string, address: string): Router {
    const router = this.#add(new Router(nameOf(name), address));
    this.#plug(router, 'wan', this.#switch);
    router.address('wan', `${address}/24`);
    router.run('ip', 'link', 'add', 'lan', 'type', 'bridge');
    router.address('lan', '192.168.1.1/24');
    router.set('net.ipv4.ip_forward', 1);
    return router;
  }

  /** A cable from `device` of a machine to the bridge `lan` of another. */
  #plug(machine: Namespace, device: string, other: Namespace): void {
    const port = `port${++this.#links}`;
    ip('link', 'add', port, 'netns', other.name, 'type', 'veth', 'peer', 'name', device, 'netns', machine.name);
    other.run('ip', 'link', 'set', port, 'master', 'lan', 'up');
  }

  #add<T extends Namespace>(space: T): T {
    this.#spaces.push(space);
    return space;
  }
}

/** Why namespaces cannot be made here; undefined when they can. */
export function noNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root, to make network namespaces';
  for (const tool of ['ip', 'nft']) {
    try {
      execute('which', [tool]);
    } catch {
      return `it needs ${tool} (Debian: apt-get install iproute2 nftables)`;
    }
  }
  try {
    const probe = nameOf('probe');
    ip('netns', 'add', probe);
    ip('netns', 'del', probe);
    return undefined;
  } catch (error) {
    return `network namespaces cannot be made here: ${(error as Error).message}`;
  }
}

const nameOf = (name: string): string => `${PREFIX}${process.pid}-${name}`;
const hostLink = `dtnat${process.pid}`.slice(0, 15);

const ip = (...args: string[]): string => execute('ip', args);

function execute(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Namespaces of processes that are gone. */
function removeLeftovers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [name = ''] = line.split(' ');
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !readdirSync('/proc').includes(pid)) ip('netns', 'del', name);
  }
}
