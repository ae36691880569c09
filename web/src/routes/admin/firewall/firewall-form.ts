import { z } from 'zod';
import type { Problem } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';

export type Firewall = Schema<'HostFirewall'>;

/** What is open whatever anybody sets; RTP opens call by call. */
export const alwaysOpen = [
  { what: 'web', ports: '80, 443 TCP' },
  { what: 'sip', ports: '5060 UDP, TCP · 5061 TCP (TLS)' },
  { what: 'stun', ports: '3478 UDP' },
  { what: 'rtp', ports: 'UDP' },
] as const;

/** A row of the form, as typed; `key` tells rows apart while they move. */
export interface PortRow {
  key: number;
  protocol: 'udp' | 'tcp';
  from: string;
  to: string;
  comment: string;
}

export interface FirewallForm {
  ports: PortRow[];
  adminNetworks: string;
  sshNetworks: string;
}

/** By the field: "ports.0.from", "adminNetworks". Keys of the catalogue, or the server's own sentence. */
export type FirewallFaults = Record<string, string>;

const lines = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
const isNetwork = (text: string): boolean => [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()].some((schema) => schema.safeParse(text).success);
const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

export const toForm = (settings: Firewall): FirewallForm => ({
  ports: settings.openPorts.map((port, key) => ({
    key,
    protocol: port.protocol,
    from: String(port.from),
    to: port.to === port.from ? '' : String(port.to),
    comment: port.comment,
  })),
  adminNetworks: settings.adminNetworks.join('\n'),
  sshNetworks: settings.sshNetworks.join('\n'),
});

/** An empty "to" means one port alone. */
export const fromForm = (form: FirewallForm): Firewall => ({
  openPorts: form.ports.map(({ protocol, from, to, comment }) => ({
    protocol,
    from: Number(from),
    to: Number(to.trim() === '' ? from : to),
    comment: comment.trim(),
  })),
  adminNetworks: lines(form.adminNetworks),
  sshNetworks: lines(form.sshNetworks),
});

export function faultsOf(form: FirewallForm): FirewallFaults {
  const faults: FirewallFaults = {};
  form.ports.forEach((row, index) => {
    const from = row.from.trim();
    const to = row.to.trim();
    if (!isPort(from)) faults[`ports.${index}.from`] = 'invalid.port';
    if (to !== '' && !isPort(to)) faults[`ports.${index}.to`] = 'invalid.port';
    else if (to !== '' && isPort(from) && Number(to) < Number(from)) faults[`ports.${index}.to`] = 'invalid.portOrder';
    if (row.comment.trim().length > 60) faults[`ports.${index}.comment`] = 'problem.too-big';
  });
  for (const field of ['adminNetworks', 'sshNetworks'] as const) {
    if (!lines(form[field]).every(isNetwork)) faults[field] = 'invalid.network';
    else if (lines(form[field]).length > 64) faults[field] = 'problem.too-big';
  }
  return faults;
}

/** What the server refused, by the fields of the form; `rest` belongs to none of them. */
export function serverFaults(problem: Problem): { faults: FirewallFaults; rest: string[] } {
  const faults: FirewallFaults = {};
  const rest: string[] = [];
  for (const { field, message } of problem.errors ?? []) {
    const [top = '', index = '', key = ''] = field.split('.');
    if (top === 'openPorts' && key !== '') faults[`ports.${index}.${key}`] = message;
    else if (top === 'adminNetworks' || top === 'sshNetworks') faults[top] = message;
    else rest.push(message);
  }
  return { faults, rest };
}
