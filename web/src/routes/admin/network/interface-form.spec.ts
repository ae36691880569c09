import { describe, expect, it } from 'vitest';
import {
  automatic,
  formFields,
  fromForm,
  type InterfaceForm,
  type InterfaceSettings,
  interfaceNames,
  interfaceSchema,
  type NetworkSettings,
  toForm,
  withInterface,
  withoutInterface,
} from '#app/routes/admin/network/interface-form.ts';

const form = (changes: Partial<InterfaceForm>): InterfaceForm => ({ ...toForm(automatic('enp1s0'), undefined, []), ...changes });
const fixed = (address: string, gateway = ''): Partial<InterfaceForm> => ({ method: 'static', addresses: address, gateway });

function faults(changes: Partial<InterfaceForm>, others: InterfaceSettings[] = [], vlan = false): Record<string, string> {
  const parsed = interfaceSchema(others, vlan).safeParse(form(changes));
  return Object.fromEntries((parsed.error?.issues ?? []).map((issue) => [issue.path.join('.'), issue.message]));
}

describe('the form of an interface', () => {
  it.each<[Partial<InterfaceForm>, Record<string, string>]>([
    [{}, {}],
    [fixed('192.168.1.10/24', '192.168.1.1'), {}],
    [fixed('192.168.1.10/24\n10.0.0.5/8'), {}],
    [fixed('192.0.2.1/31', '192.0.2.0'), {}],
    [fixed(''), { addresses: 'invalid.required' }],
    [fixed('192.168.1.10'), { addresses: 'invalid.address4' }],
    [fixed('192.168.1.256/24'), { addresses: 'invalid.address4' }],
    [fixed('192.168.1.10/33'), { addresses: 'invalid.address4' }],
    [fixed('2001:db8::1/64'), { addresses: 'invalid.address4' }],
    [fixed('192.168.1.0/24'), { addresses: 'invalid.notHost' }],
    [fixed('192.168.1.255/24'), { addresses: 'invalid.notHost' }],
    [fixed('192.168.1.10/24', 'router'), { gateway: 'invalid.gateway4' }],
    [fixed('192.168.1.10/24', '192.168.2.1'), { gateway: 'invalid.gatewayOutside' }],
    [fixed('192.168.1.10/24', '192.168.1.10'), { gateway: 'invalid.gatewaySelf' }],
    [{ ipv6: 'static', addresses6: '2001:db8::10/64', gateway6: 'fe80::1' }, {}],
    [{ ipv6: 'static', addresses6: '2001:db8::10' }, { addresses6: 'invalid.address6' }],
    [{ ipv6: 'static', addresses6: '' }, { addresses6: 'invalid.required' }],
    [{ ipv6: 'static', addresses6: '2001:db8::10/64', gateway6: '192.0.2.1' }, { gateway6: 'invalid.gateway6' }],
    [{ dns: '192.0.2.53, 2001:db8::53' }, {}],
    [{ dns: 'dns.example.org' }, { dns: 'invalid.dns' }],
    [{ dns: '1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7' }, { dns: 'invalid.dnsMany' }],
    // What is left in fields that do not count is no fault.
    [{ method: 'dhcp', addresses: 'rubbish', gateway: 'rubbish' }, {}],
  ])('of %j says %j', (changes, expected) => expect(faults(changes)).toEqual(expected));

  it('refuses an address that another interface has', () => {
    const other: InterfaceSettings = { ...automatic('enp2s0'), method: 'static', addresses: ['192.168.1.10/24'] };
    expect(faults(fixed('192.168.1.10/24'), [other])).toEqual({ addresses: 'invalid.addressTaken' });
  });

  it('checks the number of a VLAN', () => {
    const other: InterfaceSettings = { ...automatic('enp1s0.20'), vlan: { parent: 'enp1s0', id: 20 } };
    const vlan = (parent: string, vlanId: string) => faults({ parent, vlanId }, [other], true);
    expect(vlan('enp1s0', '30')).toEqual({});
    expect(vlan('enp1s0', '')).toEqual({ vlanId: 'invalid.integer' });
    expect(vlan('enp1s0', '4095')).toEqual({ vlanId: 'invalid.vlan' });
    expect(vlan('enp1s0', '20')).toEqual({ vlanId: 'invalid.vlanTaken' });
    expect(vlan('enx001122334455', '20')).toEqual({ vlanId: 'invalid.nameLong' });
  });

  it('starts a static set-up with what is in use', () => {
    const status = {
      name: 'enp1s0',
      mac: '52:54:00:12:34:56',
      link: true,
      speed: 1000,
      addresses: ['192.168.1.77/24', '2001:db8::77/64'],
      gateway: '192.168.1.1',
      gateway6: 'fe80::1',
    };
    const shown = toForm(automatic('enp1s0'), status, []);
    expect(shown).toMatchObject({
      addresses: '192.168.1.77/24',
      gateway: '192.168.1.1',
      addresses6: '2001:db8::77/64',
      gateway6: 'fe80::1',
    });
    expect(fromForm('enp1s0', shown)).toEqual(automatic('enp1s0'));
    expect(fromForm('enp1s0', { ...shown, method: 'static' })).toMatchObject({
      addresses: ['192.168.1.77/24'],
      gateway: '192.168.1.1',
      gateway6: null,
    });
  });

  it('shows settings and gives the same back', () => {
    const settings: InterfaceSettings = {
      name: 'enp1s0.20',
      method: 'static',
      addresses: ['10.20.0.2/24', '10.20.0.3/24', 'fd00:20::2/64'],
      gateway: '10.20.0.1',
      ipv6: 'static',
      gateway6: 'fd00:20::1',
      vlan: { parent: 'enp1s0', id: 20 },
    };
    expect(fromForm(settings.name, toForm(settings, undefined, []))).toEqual(settings);
  });
});

describe('the whole network', () => {
  const settings: NetworkSettings = { interfaces: [automatic('enp1s0'), automatic('enp2s0')], dns: ['192.0.2.53'] };

  it('takes a changed interface in its place, a new one at the end, and lets one go', () => {
    const after: InterfaceSettings = { ...automatic('enp1s0'), method: 'off' };
    expect(withInterface(settings, 'enp1s0', after, '192.0.2.54\n')).toEqual({
      interfaces: [after, automatic('enp2s0')],
      dns: ['192.0.2.54'],
    });
    const vlan: InterfaceSettings = { ...automatic('enp1s0.5'), vlan: { parent: 'enp1s0', id: 5 } };
    expect(withInterface(settings, null, vlan, '').interfaces).toEqual([...settings.interfaces, vlan]);
    expect(withoutInterface(settings, 'enp2s0')).toEqual({ interfaces: [automatic('enp1s0')], dns: ['192.0.2.53'] });
  });

  it('lists what is there and what is only set up', () => {
    const status = { name: 'enp3s0', mac: '', link: false, speed: null, addresses: [], gateway: null, gateway6: null };
    expect(interfaceNames({ settings, status: [status], dns: [], pending: null })).toEqual(['enp1s0', 'enp2s0', 'enp3s0']);
  });

  it('finds the field of the form that the server complains of', () => {
    const sent: NetworkSettings = {
      interfaces: [automatic('enp1s0'), { ...automatic('enp2s0'), addresses: ['1.2.3.4/8', 'fd00::1/64'] }],
      dns: [],
    };
    const errors = [
      'interfaces.1.addresses.0',
      'interfaces.1.addresses.1',
      'interfaces.1.gateway6',
      'interfaces.1.vlan.id',
      'interfaces.0.gateway',
      'dns.2',
    ];
    const problem = { status: 400, code: 'invalid', errors: errors.map((field) => ({ field, code: 'x', message: 'x' })) };
    expect(formFields(problem, sent, 'enp2s0')).toEqual({
      'interfaces.1.addresses.0': 'addresses',
      'interfaces.1.addresses.1': 'addresses6',
      'interfaces.1.gateway6': 'gateway6',
      'interfaces.1.vlan.id': 'vlanId',
      'dns.2': 'dns',
    });
  });
});
