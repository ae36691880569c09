import { describe, expect, it } from 'vitest';
import { type FirewallForm, faultsOf, fromForm, type PortRow, serverFaults, toForm } from '#app/routes/admin/firewall/firewall-form.ts';

const row = (changes: Partial<PortRow>): PortRow => ({ key: 0, protocol: 'tcp', from: '25', to: '', comment: '', ...changes });
const form = (changes: Partial<FirewallForm>): FirewallForm => ({ ports: [], adminNetworks: '', sshNetworks: '', ...changes });

describe('the form of the firewall', () => {
  const settings = {
    openPorts: [
      { protocol: 'udp' as const, from: 1194, to: 1194, comment: 'VPN' },
      { protocol: 'tcp' as const, from: 8000, to: 8010, comment: '' },
    ],
    adminNetworks: ['192.168.0.0/16', 'fc00::/7'],
    sshNetworks: ['192.0.2.7'],
  };

  it('shows settings and gives the same back', () => {
    expect(toForm(settings).ports[0]).toMatchObject({ from: '1194', to: '' });
    expect(fromForm(toForm(settings))).toEqual(settings);
    expect(faultsOf(toForm(settings))).toEqual({});
  });

  it.each<[Partial<FirewallForm>, Record<string, string>]>([
    [{ ports: [row({ from: '' })] }, { 'ports.0.from': 'invalid.port' }],
    [{ ports: [row({ from: '0' })] }, { 'ports.0.from': 'invalid.port' }],
    [{ ports: [row({}), row({ from: '65536' })] }, { 'ports.1.from': 'invalid.port' }],
    [{ ports: [row({ from: '100', to: '99' })] }, { 'ports.0.to': 'invalid.portOrder' }],
    [{ ports: [row({ from: '100', to: 'x' })] }, { 'ports.0.to': 'invalid.port' }],
    [{ ports: [row({ comment: 'x'.repeat(61) })] }, { 'ports.0.comment': 'problem.too-big' }],
    [{ adminNetworks: '192.168.0.0/33' }, { adminNetworks: 'invalid.network' }],
    [{ sshNetworks: 'home' }, { sshNetworks: 'invalid.network' }],
    [{ sshNetworks: '2001:db8::/32, 192.0.2.1' }, {}],
  ])('of %j says %j', (changes, expected) => expect(faultsOf(form(changes))).toEqual(expected));

  it('puts what the server refused beside its field', () => {
    const error = (field: string) => ({ field, code: 'x', message: `wrong ${field}` });
    const problem = { status: 400, code: 'invalid', errors: [error('openPorts.1.from'), error('sshNetworks.0'), error('other')] };
    expect(serverFaults(problem)).toEqual({
      faults: { 'ports.1.from': 'wrong openPorts.1.from', sshNetworks: 'wrong sshNetworks.0' },
      rest: ['wrong other'],
    });
  });
});
