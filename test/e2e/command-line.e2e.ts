import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialtone, dialtoneJson } from '../support/cli.ts';
import { expectQuietBooks } from '../support/money.ts';
import { calling, registerAt } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { eventually } from '../support/wait.ts';

/** The verbs and their shapes are a contract: scripts of operators depend on them. */
describe('the dialtone command', () => {
  let server: TestServer;
  const json = (...args: string[]) => dialtoneJson(server, ...args);
  const items = (answer: unknown) => (Array.isArray(answer) ? answer : (answer as { items: Record<string, unknown>[] }).items);
  const file = (name: string, text: string) => {
    const path = join(server.dataDir, name);
    writeFileSync(path, text);
    return path;
  };

  beforeAll(async () => {
    server = await TestServer.start('command-line');
  });
  afterAll(() => server?.stop());

  it('subscriber add, show, passwd, list, rm', async () => {
    await json('subscriber', 'add', '1001', '--password', 'pw1001', '--email', 'anna@example.org');
    await json('subscriber', 'add', '1002', '--password', 'pw1002');
    const shown = await json('subscriber', 'show', '1001');
    expect(shown).toMatchObject({ number: '1001', domain, email: 'anna@example.org', balance: '0.00' });
    await json('subscriber', 'passwd', '1002', '--password', 'pw-new');
    await Sipp.run('register', { to: server.sip, keys: { domain, contact_port: 5090 }, rows: [['1002', credentials('1002', 'pw-new')]] });
    expect(items(await json('subscriber', 'list')).map((row) => row.number)).toEqual(['1001', '1002']);
    await json('subscriber', 'add', '1009', '--password', 'pw1009');
    await json('subscriber', 'rm', '1009');
    expect(items(await json('subscriber', 'list')).map((row) => row.number)).toEqual(['1001', '1002']);
  });

  it('subscriber import: all rows or none', async () => {
    await json('subscriber', 'import', file('people.csv', 'number,password,balance\n2001,pw2001,5.00\n2002,pw2002,0\n'));
    expect(await json('subscriber', 'show', '2001')).toMatchObject({ balance: '5.00' });
    const bad = await dialtone(
      server,
      'subscriber',
      'import',
      file('bad.csv', 'number,password,balance\n2003,pw2003,5.00\n2004,pw2004,lots\n'),
    );
    expect(bad.code).not.toBe(0);
    expect(bad.stderr + bad.stdout).toMatch(/3|2/);
    expect((await dialtone(server, 'subscriber', 'show', '2003')).code).not.toBe(0);
  });

  it('credit add, acl grant|revoke|show, rate import|lookup|export, gateway add|list: and the subscriber calls abroad', async () => {
    await json('credit', 'add', '1001', '10');
    expect(await json('subscriber', 'show', '1001')).toMatchObject({ balance: '10.00' });
    await json('acl', 'grant', '1001', 'int');
    expect(JSON.stringify(await json('acl', 'show', '1001'))).toContain('int');
    await json('acl', 'grant', '1002', 'int');
    await json('acl', 'revoke', '1002', 'int');
    expect(JSON.stringify(await json('acl', 'show', '1002'))).not.toContain('"int"');

    await json('rate', 'import', file('rates.csv', 'prefix,name,price\n44,United Kingdom,0.01200\n54,Argentina,0.03942\n'));
    expect(JSON.stringify(await json('rate', 'lookup', '441234567'))).toMatch(/"44".*0\.012|0\.012.*"44"/);
    const exported = await dialtone(server, 'rate', 'export');
    expect(exported.code).toBe(0);
    expect(exported.stdout).toMatch(/54.*Argentina.*0\.03942/);

    const gateway = await Sipp.start('gateway-answer', { fill: { number: '999441234567' } });
    await json('gateway', 'add', 'Carrier', gateway.at, '--prefix', '00', '--strip', '2', '--add', '999');
    expect(items(await json('gateway', 'list'))).toMatchObject([{ name: 'Carrier', prefix: '00', strip: 2, add: '999' }]);

    const anna = { id: 0, number: '1001', password: 'pw1001' };
    const call = await Sipp.start('call', { to: server.sip, ...calling(anna, '00441234567'), more: ['-d', '2500'] });
    await eventually('calls active shows it', async () => items(await json('calls', 'active')).length === 1);
    await Promise.all([call.finished(), gateway.finished()]);
    await expectQuietBooks(server, 1);
    expect(items(await json('calls', 'list'))).toHaveLength(1);
    expect(items(await json('calls', 'active'))).toEqual([]);
    await json('gateway', 'rm', 'Carrier');
    expect(items(await json('gateway', 'list'))).toEqual([]);
  });

  it('alias add|show|rm, registrations list|add|rm, calls hangup', async () => {
    const anna = { id: 0, number: '1001', password: 'pw1001' };
    const bert = { id: 0, number: '1002', password: 'pw-new' };
    const phone = await Sipp.start('answer');
    await json('registrations', 'rm', '1002');
    expect(items(await json('registrations', 'list'))).toEqual([]);
    await registerAt(server, bert, phone);
    await json('alias', 'add', 'bert', '1002');
    expect(JSON.stringify(await json('alias', 'show'))).toContain('bert');
    const registered = items(await json('registrations', 'list'));
    expect(JSON.stringify(registered)).toContain(`:${phone.port}`);

    const call = await Sipp.start('call-until-bye', { to: server.sip, ...calling(anna, 'bert') });
    const active = await eventually('the call', async () => items(await json('calls', 'active')).find((one) => one.state === 'talking'));
    await json('calls', 'hangup', String(active.id));
    await Promise.all([call.finished(), phone.finished()]);

    await json('alias', 'rm', 'bert');
    expect(JSON.stringify(await json('alias', 'show'))).not.toContain('bert');
    await json('registrations', 'add', '1002', 'sip:1002@127.0.0.1:5091');
    expect(JSON.stringify(await json('registrations', 'list'))).toContain(':5091');
  });

  it('ping, monitor, admin create', async () => {
    const pinged = await Sipp.start('answer-options');
    expect(JSON.stringify(await json('ping', `sip:${pinged.at}`))).toContain('200');
    await pinged.finished();
    const monitor = JSON.stringify(await json('monitor'));
    for (const word of ['version', 'registered', 'transactions']) expect(monitor).toContain(word);
    await json('admin', 'create', 'second', '--password', 'another good password');
  });

  it('says what is wrong on stderr, with an exit code', async () => {
    const unknown = await dialtone(server, 'subscriber', 'show', '5555');
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toContain('5555');
    expect((await dialtone(server, 'juggle')).code).not.toBe(0);
  });
});
