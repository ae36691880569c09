import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { buildProgram } from './program.ts';

let test: TestApp;
let url: string;

beforeAll(async () => {
  test = await startTestApp();
  await test.admin();
  await test.app.listen(0, '127.0.0.1');
  url = await test.app.getUrl();
});
afterAll(() => test.stop());

/** What a command prints; it runs against the real API over HTTP. */
async function dialtone(...words: string[]): Promise<string> {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  try {
    await buildProgram('0.0.0')
      .exitOverride()
      .parseAsync(['--data', test.dataDir, '--url', url, ...words], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  return printed;
}
const json = async <T>(...words: string[]): Promise<T> => JSON.parse(await dialtone(...words, '--json')) as T;

async function file(name: string, text: string): Promise<string> {
  const path = join(test.dataDir, name);
  await writeFile(path, text);
  return path;
}

describe('dialtone subscriber', () => {
  it('adds with a password and shows balance and groups', async () => {
    expect(await dialtone('subscriber', 'add', '1001', '--password', 'correct-horse-1', '--email', 'anna@example.org')).toContain(
      '1001@dialtone.test created',
    );
    const shown = await json<{ number: string; email: string; balance: string }>('subscriber', 'show', '1001');
    expect(shown).toMatchObject({ number: '1001', email: 'anna@example.org', balance: '0.00' });
  });

  it('makes a strong password when none is given, and shows it once', async () => {
    const created = await json<{ sipPassword: string }>('subscriber', 'add', '1002');
    expect(created.sipPassword.length).toBeGreaterThanOrEqual(12);
    const changed = await dialtone('subscriber', 'passwd', '1002');
    expect(changed).toMatch(/shown only now\): \S{12,}/);
    expect(changed).not.toContain(created.sipPassword);
  });

  it('imports columns number,password,balance, all rows or none', async () => {
    const good = await file('good.csv', 'number,password,balance\n2001,secret-one-1,5\n2002,secret-two-2,2.50\n');
    expect(await dialtone('subscriber', 'import', good)).toContain('2 subscribers created');
    expect(await json('subscriber', 'show', '2002')).toMatchObject({ balance: '2.50' });
    const bad = await file('bad.csv', 'number,password,balance\n2003,secret,1\n2004,secret,much\n');
    await expect(dialtone('subscriber', 'import', bad)).rejects.toThrow('1 row is wrong; nothing was changed');
    await expect(dialtone('subscriber', 'show', '2003')).rejects.toThrow('No subscriber 2003');
  });

  it('lists and removes', async () => {
    expect(await dialtone('subscriber', 'list')).toMatch(/^NUMBER .*\n[\s\S]*2001/);
    await dialtone('subscriber', 'rm', '2001');
    await expect(dialtone('subscriber', 'show', '2001')).rejects.toThrow('No subscriber 2001');
  });
});

describe('dialtone credit, acl, alias', () => {
  it('adds credit once for one key', async () => {
    expect(await dialtone('credit', 'add', '1001', '10', '--key', 'k1')).toContain('10.00 added. Balance: 10.00');
    expect(await dialtone('credit', 'add', '1001', '10', '--key', 'k1')).toContain('Nothing added');
    expect(await json('subscriber', 'show', '1001')).toMatchObject({ balance: '10.00' });
  });

  it('grants, shows and revokes a group', async () => {
    expect(await dialtone('acl', 'grant', '1001', 'int')).toMatch(/1001@dialtone.test: .*int/);
    expect(await json<{ groups: string[] }>('acl', 'revoke', '1001', 'int')).toMatchObject({ groups: expect.not.arrayContaining(['int']) });
    await expect(dialtone('acl', 'grant', '1001', 'moon')).rejects.toThrow();
  });

  it('keeps aliases', async () => {
    await dialtone('alias', 'add', 'anna', '1001');
    expect(await dialtone('alias', 'show', 'anna')).toContain('1001');
    await dialtone('alias', 'rm', 'anna');
    await expect(dialtone('alias', 'rm', 'anna')).rejects.toThrow('No alias anna');
  });
});

describe('dialtone gateway, registrations, calls', () => {
  it('defines a gateway by the words of the contract', async () => {
    const made = await json('gateway', 'add', 'carrier', '127.0.0.1:5099', '--prefix', '00', '--strip', '2', '--add', '99');
    expect(made).toMatchObject({ name: 'carrier', host: '127.0.0.1', port: 5099, prefix: '00', strip: 2, add: '99', probe: false });
    await dialtone('gateway', 'rm', 'carrier');
    expect(await json('gateway', 'add', 'carrier', '127.0.0.1:5099', '--prefix', '00', '--probe')).toMatchObject({ probe: true });
    expect(await dialtone('gateway', 'list')).toContain('udp:127.0.0.1:5099');
    await dialtone('gateway', 'rm', 'carrier');
    await expect(dialtone('gateway', 'rm', 'carrier')).rejects.toThrow('No gateway carrier');
  });

  it('adds, lists and removes a binding', async () => {
    await dialtone('registrations', 'add', '1001', 'sip:desk@127.0.0.1:5070');
    expect(await dialtone('registrations', 'list', '1001')).toContain('sip:desk@127.0.0.1:5070');
    expect(await dialtone('registrations', 'rm', '1001')).toContain('1 removed');
    expect(await dialtone('registrations', 'list')).toContain('Nobody is registered');
  });

  it('says so when there are no calls, and refuses to end one that is not there', async () => {
    expect(await dialtone('calls', 'active')).toContain('No calls.');
    expect(await json('calls', 'list')).toMatchObject({ items: [], total: 0 });
    await expect(dialtone('calls', 'hangup', '00000000-0000-7000-8000-000000000000')).rejects.toThrow();
  });
});

describe('dialtone rate', () => {
  it('imports into the default tariff, looks up and exports', async () => {
    const rates = await file('rates.csv', 'prefix,name,price\n44,United Kingdom,0.0100\n447,UK mobile,0.05000\n');
    await dialtone('rate', 'import', rates);
    expect(await json('rate', 'lookup', '00447911123456')).toMatchObject({ rate: { prefix: '447', pricePerMinute: '0.05' } });
    expect(await dialtone('rate', 'export')).toContain('447');
  });
});

describe('dialtone monitor, ping, admin', () => {
  it('shows what H-8 names', async () => {
    const seen = await dialtone('monitor', '--once');
    for (const word of [
      'Version',
      'Up since',
      'Transactions',
      'waiting',
      'Replies by class',
      'Stateless replies',
      'registered',
      'expired',
      'Relay built-in',
    ])
      expect(seen).toContain(word);
  });

  it('says that nobody answered', async () => {
    await expect(dialtone('ping', 'sip:127.0.0.1:9')).rejects.toThrow('did not answer');
  }, 40_000);

  it('creates an administrator who can log in', async () => {
    await dialtone('admin', 'create', 'bert', '--password', 'a long enough password');
    const bert = test.visitor('10.2.0.9');
    expect((await bert.post('/session', { login: 'bert', password: 'a long enough password' })).status).toBe(200);
  });

  it('switches off the second factor of whoever lost his phone', async () => {
    const bert = test.visitor('10.2.0.9');
    const password = 'a long enough password';
    await bert.post('/session', { login: 'bert', password });
    const { secret } = (await bert.post('/me/second-factor', { password })).body;
    expect((await bert.post('/me/second-factor/confirm', { code: new TOTP({ secret }).generate() })).status).toBe(200);
    expect((await bert.post('/session', { login: 'bert', password })).body.code).toBe('second-factor-required');
    expect(await dialtone('admin', 'second-factor', 'off', 'Bert')).toContain('bert logs in with the password alone.');
    expect((await bert.post('/session', { login: 'bert', password })).status).toBe(200);
    await expect(dialtone('admin', 'second-factor', 'off', 'bert')).rejects.toThrow('There is no second factor.');
    await expect(dialtone('admin', 'second-factor', 'off', 'nobody')).rejects.toThrow('No administrator nobody');
  });

  it('says what to do when there is no server', async () => {
    await expect(
      buildProgram('0.0.0').exitOverride().parseAsync(['--data', '/nonexistent-folder', 'subscriber', 'list'], { from: 'user' }),
    ).rejects.toThrow('Set DIALTONE_DATA');
  });
});

describe('dialtone access and ban', () => {
  it('lets networks in and out, and is never shut out itself', async () => {
    expect(await dialtone('access', 'list')).toContain('192.168.0.0/16');
    expect(await dialtone('access', 'allow', '198.51.100.0/24')).toContain('198.51.100.0/24');
    expect((await json<{ adminNetworks: string[] }>('access', 'remove', '192.168.0.0/16')).adminNetworks).not.toContain('192.168.0.0/16');
    await expect(dialtone('access', 'allow', 'everywhere')).rejects.toThrow('Expected an address or a network');
  });

  it('bans and forgives', async () => {
    expect(await dialtone('ban', 'list')).toContain('Nobody is banned.');
    expect(await dialtone('ban', 'add', '203.0.113.9', '--minutes', '5', '--note', 'scanner')).toMatch(/^203\.0\.113\.9 is banned until /);
    expect(await dialtone('ban', 'list')).toContain('scanner');
    expect(await dialtone('ban', 'remove', '203.0.113.9')).toContain('forgiven');
    await expect(dialtone('ban', 'remove', '203.0.113.9')).rejects.toThrow('is not banned');
  });
});
