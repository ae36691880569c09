import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FIREWALL } from './firewall.ts';
import { renderFirewall } from './render.ts';

const able = process.getuid?.() === 0 && spawnSync('nft', ['--version']).status === 0 && spawnSync('ip', ['netns']).status === 0;
if (!able) process.stdout.write('The ruleset is not tried on a kernel: that takes root, nft (nftables) and ip (iproute2).\n');

const run = (command: string, input?: string) => execFileSync('sh', ['-c', command], { input, stdio: ['pipe', 'pipe', 'inherit'] });

/** Prints every datagram that arrives at one of the ports given as arguments. */
const LISTEN = `
const { createSocket } = require('node:dgram');
for (const [type, port] of [['udp4', 12000], ['udp6', 14000]]) {
  const socket = createSocket({ type, ipv6Only: type === 'udp6' });
  socket.on('message', (bytes) => console.log(bytes.toString()));
  socket.bind(port, () => console.log('bound'));
}`;
const SEND = `
const { createSocket } = require('node:dgram');
const to = [['udp4', '10.77.0.1', 12000], ['udp4', '10.77.0.1', 12002], ['udp6', 'fd77::1', 14000], ['udp4', '10.77.0.1', 9999]];
for (const [type, address, port] of to) {
  const socket = createSocket(type);
  socket.send(String(port), port, address, () => socket.close());
}`;

describe.skipIf(!able)('the ruleset on a kernel', () => {
  const [inside, outside] = [`dt-in-${process.pid}`, `dt-out-${process.pid}`];
  const at = (space: string) => `ip netns exec ${space}`;

  beforeAll(() => {
    run(`ip netns add ${inside} && ip netns add ${outside}`);
    run(`ip link add dt0 netns ${inside} type veth peer name dt1 netns ${outside}`);
    for (const [space, device, host] of [
      [inside, 'dt0', 1],
      [outside, 'dt1', 2],
    ]) {
      const ip = `ip -n ${space}`;
      run(
        `${ip} addr add 10.77.0.${host}/24 dev ${device}; ${ip} addr add fd77::${host}/64 dev ${device} nodad; ${ip} link set ${device} up`,
      );
    }
    const rules = renderFirewall({ settings: DEFAULT_FIREWALL, ssh: false, recovery: false, bans: [] });
    run(`${at(inside)} nft -f -`, rules);
  });
  afterAll(() => run(`ip netns del ${inside}; ip netns del ${outside}`));

  it('lets media in where a call has opened its port, and nowhere else (H-10)', async () => {
    const listener = spawn('sh', ['-c', `exec ${at(inside)} ${process.execPath} -e "${LISTEN.replaceAll('"', '\\"')}"`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const seen: string[] = [];
      const lines = createInterface(listener.stdout).on('line', (line) => seen.push(line));
      while (seen.length < 2) await once(lines, 'line');
      run(`${at(outside)} ${process.execPath} -e "${SEND.replaceAll('"', '\\"')}"`);
      while (seen.length < 4) await once(lines, 'line');
      const dropped = run(`${at(inside)} nft list chain inet dialtone input`).toString();
      expect(seen.slice(2).sort()).toEqual(['12000', '14000']);
      // 12002 has no socket, 9999 is no port of media.
      expect(dropped).toMatch(/counter packets 2 bytes \d+\n\s*\}/);
    } finally {
      listener.kill();
    }
  });
});
