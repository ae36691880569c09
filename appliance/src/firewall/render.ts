import { isIPv4 } from 'node:net';
import type { FirewallSettings } from '../../../server/src/host/contract/index.ts';

export const TABLE = 'inet dialtone';

/** Port of the status page (A-20). */
export const STATUS_PORT = 4357;

/** Where the media of calls is relayed (M-31); `DIALTONE_RTP` of the server. */
const RTP_PORTS = '10000-30000';

export interface Ban {
  readonly address: string;
  /** Seconds from now. */
  readonly seconds: number;
}

export interface Rules {
  readonly settings: FirewallSettings;
  readonly ssh: boolean;
  /** The server does not answer: whoever comes to the web port meets the status page. */
  readonly recovery: boolean;
  readonly bans: readonly Ban[];
}

const isV4 = (network: string): boolean => isIPv4(network.split('/')[0] ?? '');

const range = (from: number, to: number): string => (from === to ? `${from}` : `${from}-${to}`);

/** `tcp dport N` from these networks, one rule a family. */
function from(networks: readonly string[], rule: string): string[] {
  const v4 = networks.filter(isV4);
  const v6 = networks.filter((n) => !isV4(n));
  return [
    ...(v4.length > 0 ? [`ip saddr { ${[...new Set(v4)].join(', ')} } ${rule}`] : []),
    ...(v6.length > 0 ? [`ip6 saddr { ${[...new Set(v6)].join(', ')} } ${rule}`] : []),
  ];
}

const banElements = (bans: readonly Ban[]): string => bans.map((b) => `${b.address} timeout ${Math.ceil(b.seconds)}s`).join(', ');

const elements = (text: string): string => (text === '' ? '' : `elements = { ${text} }`);

/** The commands that make the ban sets hold exactly these. */
export function renderBans(bans: readonly Ban[]): string {
  const set = (name: string, list: readonly Ban[]) => [
    `flush set ${TABLE} ${name}`,
    ...(list.length > 0 ? [`add element ${TABLE} ${name} { ${banElements(list)} }`] : []),
  ];
  const v4 = bans.filter((b) => isV4(b.address));
  const v6 = bans.filter((b) => !isV4(b.address));
  return `${[...set('ban4', v4), ...set('ban6', v6)].join('\n')}\n`;
}

/**
 * The whole table for nft(8), replaced in one transaction: there is no moment without rules. Default drop; open are web, SIP and STUN, of the
 * RTP ports those that a call has opened at this moment (H-10), what was added, and the few ICMP, DHCP and mDNS messages a machine on a network needs (RFC 4890 for ICMPv6).
 */
export function renderFirewall({ settings, ssh, recovery, bans }: Rules): string {
  const input = [
    'iif lo accept',
    // A flood of SIP from one address is cut before the connection tracking calls it an established flow.
    'udp dport 5060 update @sip4 { ip saddr limit rate over 5000/second burst 10000 packets } counter drop',
    'udp dport 5060 update @sip6 { ip6 saddr and ffff:ffff:ffff:ffff:: limit rate over 5000/second burst 10000 packets } counter drop',
    'ct state vmap { established : accept, related : accept, invalid : drop }',
    'udp sport 67 udp dport 68 accept',
    'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
    'icmp type echo-request limit rate 50/second accept',
    'icmp type { destination-unreachable, time-exceeded, parameter-problem } accept',
    'icmpv6 type echo-request limit rate 50/second accept',
    'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, mld-listener-query } accept',
    'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } ip6 hoplimit 255 accept',
    'ip daddr 224.0.0.251 udp dport 5353 accept',
    'ip6 daddr ff02::fb udp dport 5353 accept',
    'tcp dport { 80, 443, 5060, 5061 } update @tcp4 { ip saddr limit rate over 100/second burst 400 packets } counter drop',
    'tcp dport { 80, 443, 5060, 5061 } update @tcp6 { ip6 saddr and ffff:ffff:ffff:ffff:: limit rate over 100/second burst 400 packets } counter drop',
    'tcp dport { 80, 443, 5060, 5061 } accept',
    'udp dport { 3478, 5060 } accept',
    // A port without a socket is dropped without a word: nobody can tell by asking which ports calls use.
    `udp dport ${RTP_PORTS} socket wildcard { 0, 1 } accept`,
    ...from(settings.adminNetworks, `tcp dport ${STATUS_PORT} accept`),
    ...(ssh ? from(settings.sshNetworks, 'tcp dport 22 ct state new limit rate 10/minute burst 20 packets accept') : []),
    ...settings.openPorts.map((p) => `${p.protocol} dport ${range(p.from, p.to)} accept`),
    'counter',
  ];
  const dynamic = (name: string, type: string) => `  set ${name} {
    type ${type}
    size 65535
    flags dynamic,timeout
    timeout 1m
  }`;
  const bans4 = banElements(bans.filter((b) => isV4(b.address)));
  const bans6 = banElements(bans.filter((b) => !isV4(b.address)));
  return `add table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
  set ban4 {
    type ipv4_addr
    flags interval,timeout
    ${elements(bans4)}
  }
  set ban6 {
    type ipv6_addr
    flags interval,timeout
    ${elements(bans6)}
  }
${[dynamic('sip4', 'ipv4_addr'), dynamic('sip6', 'ipv6_addr'), dynamic('tcp4', 'ipv4_addr'), dynamic('tcp6', 'ipv6_addr')].join('\n')}
  chain banned {
    type filter hook prerouting priority raw; policy accept;
    ip saddr @ban4 counter drop
    ip6 saddr @ban6 counter drop
  }
  chain recovery {
    type nat hook prerouting priority dstnat; policy accept;
    ${recovery ? `iif != lo tcp dport 80 redirect to :${STATUS_PORT}` : ''}
  }
  chain input {
    type filter hook input priority filter; policy drop;
    ${input.join('\n    ')}
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
  }
}
`;
}
