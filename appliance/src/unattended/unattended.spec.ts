import { describe, expect, it } from 'vitest';
import type { Disk } from '../../../server/src/host/contract/index.ts';
import { inEnglish, textsIn } from '../texts/texts.ts';
import { chooseDisk, parseUnattended, serverPart } from './unattended.ts';

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g';
const YAML = `disk: auto-blank
hostname: pbx
timeZone: Europe/Rome
domain: sip.example.org
currency: EUR
admin:
  name: Ann
  email: ann@example.org
  passwordHash: ${HASH}
network:
  interfaces:
    - {name: eth0, method: static, addresses: [192.0.2.5/24], gateway: 192.0.2.1}
sshKeys: []
`;
const disk = (more: Partial<Disk> = {}): Disk => ({
  device: 'sda',
  model: 'M',
  serial: 'SERIAL-1',
  size: 2e9,
  transport: 'sata',
  removable: false,
  bootMedium: false,
  contents: [],
  blank: true,
  confirm: 'AL-1',
  refused: '',
  freeSpace: 0,
  ...more,
});
const faultsOf = (yaml: string) => {
  const parsed = parseUnattended(yaml);
  return 'faults' in parsed ? parsed.faults.map(inEnglish).join('\n') : '';
};
/** The choice with the words of its fault. */
const chosen = (...args: Parameters<typeof chooseDisk>) => {
  const choice = chooseDisk(...args);
  return 'fault' in choice ? { fault: inEnglish(choice.fault) } : choice;
};

describe('dialtone.yaml (A-22)', () => {
  it('is read, and its part for the server taken out', () => {
    const parsed = parseUnattended(YAML);
    if ('faults' in parsed) throw new Error(parsed.faults.map(inEnglish).join());
    expect(parsed.config.network?.interfaces[0]).toMatchObject({ name: 'eth0', method: 'static', ipv6: 'auto' });
    expect(serverPart(parsed.config)).toEqual({
      domain: 'sip.example.org',
      currency: 'EUR',
      timeZone: 'Europe/Rome',
      admin: { login: 'admin', name: 'Ann', email: 'ann@example.org', passwordHash: HASH },
    });
    const public4 = parseUnattended('disk: demo\nfirewall: {adminNetworks: [198.51.100.0/24]}');
    expect('config' in public4 && serverPart(public4.config)).toEqual({ adminNetworks: ['198.51.100.0/24'] });
    expect(faultsOf('disk: demo\nadminNetworks: [198.51.100.0/24]')).toContain('adminNetworks');
    const bare = parseUnattended('disk: demo');
    expect('config' in bare && serverPart(bare.config)).toBeUndefined();
  });

  it('names every fault at once, each with its place', () => {
    const text = faultsOf(
      'disk: auto-blank\ncurrency: euro\nhostname: "a b"\nadmin: {name: A, email: a@b.example, passwordHash: secret}\ncolour: red\n',
    );
    for (const part of ['currency', 'hostname', 'admin.passwordHash: must be an argon2id hash', 'colour']) expect(text).toContain(part);
    expect(faultsOf('hostname: pbx')).toContain('disk');
    expect(faultsOf('a: [')).toContain('not YAML');
    expect(faultsOf('a: &x [1]\nb: *x')).toContain('not YAML');
    expect(faultsOf('disk: demo\nsshKeys: [nonsense]')).toContain('sshKeys');
    expect(faultsOf('disk: demo\nnetwork: {interfaces: [{name: e0, method: static}]}')).toContain('without an address');
  });

  it('knows the language, for the console and for the server', () => {
    const spanish = parseUnattended('disk: demo\nlanguage: es');
    if ('faults' in spanish) throw new Error(spanish.faults.map(inEnglish).join());
    expect(spanish.config.language).toBe('es');
    expect(serverPart(spanish.config)).toEqual({ language: 'es' });
    expect(faultsOf('disk: demo\nlanguage: fr')).toContain('language');
  });

  it('says its faults in the language it asks for, wherever that can be read', () => {
    const parsed = parseUnattended(
      'disk: demo\nlanguage: es\ncurrency: 5\nhostname: "a b"\nadmin: {name: A, email: a@b.example, passwordHash: secret}\ncolour: red',
    );
    if ('config' in parsed) throw new Error('there are faults');
    expect(parsed.language).toBe('es');
    const said = parsed.faults.map(textsIn('es').say).join('\n');
    for (const part of [
      'currency: Entrada inválida',
      'hostname: ',
      'admin.passwordHash: debe ser un hash argon2id',
      'el archivo: ',
      'colour',
    ])
      expect(said).toContain(part);
    expect(said).not.toMatch(/expected|Invalid|must be/);
    const network = parseUnattended('disk: demo\nlanguage: es\nnetwork: {interfaces: [{name: e0, method: static}]}');
    expect('faults' in network && network.faults.map(textsIn('es').say)).toEqual([
      'dialtone.yaml: network: e0 tiene IPv4 fija, pero ninguna dirección.',
    ]);
  });

  it('takes the one blank disk', () => {
    const wanted = { disk: 'auto-blank', erase: false };
    const full = disk({ device: 'sdb', blank: false });
    expect(chosen([full, disk(), disk({ device: 'sdc', bootMedium: true, refused: 'x' })], wanted)).toEqual({
      prepare: { device: 'sda' },
    });
    expect(chosen([full], wanted)).toEqual({ fault: 'There is no blank disk.' });
    expect(chosen([disk(), disk({ device: 'sdd' })], wanted)).toEqual({ fault: expect.stringContaining('2 blank disks') });
  });

  it('takes a disk with something on it only by its serial number and with erase', () => {
    const full = [disk({ blank: false })];
    expect(chosen(full, { disk: 'SERIAL-1', erase: false })).toEqual({ fault: expect.stringContaining('not blank') });
    expect(chosen(full, { disk: 'SERIAL-1', erase: true })).toEqual({ prepare: { device: 'sda', confirm: 'AL-1' } });
    expect(chosen(full, { disk: 'SERIAL-2', erase: true })).toEqual({ fault: expect.stringContaining('SERIAL-2') });
    expect(chosen([disk({ refused: 'it is in use' })], { disk: 'SERIAL-1', erase: true })).toEqual({
      fault: expect.stringContaining('in use'),
    });
  });

  it('takes the free space of the stick, or memory', () => {
    expect(chosen([disk({ freeSpace: 1e9 })], { disk: 'boot-stick', erase: false })).toEqual({
      prepare: { device: 'sda', freeSpace: true },
    });
    expect(chosen([disk()], { disk: 'boot-stick', erase: false })).toEqual({ fault: expect.stringContaining('no room') });
    expect(chosen([], { disk: 'demo', erase: false })).toEqual({ demo: true });
  });
});
