import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hashPassword } from '../auth/passwords.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp | undefined;
const folders: string[] = [];

/** Starts on a data folder in which the host agent left something. */
async function startWith(unattended: unknown, dataDir?: string): Promise<{ test: TestApp; dataDir: string }> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'dialtone-unattended-')));
  folders.push(folder);
  const text = typeof unattended === 'string' ? unattended : JSON.stringify(unattended);
  await writeFile(join(folder, 'unattended.json'), text, { mode: 0o600 });
  test = await startTestApp({ DIALTONE_DATA: folder });
  return { test, dataDir: folder };
}

const password = 'a long password of the operator';
const full = async () => ({
  domain: 'Phone.Example.org',
  currency: 'USD',
  timeZone: 'America/Montevideo',
  operatorName: 'Village Telephone',
  language: 'es',
  adminNetworks: ['127.0.0.0/8', '198.51.100.0/24'],
  admin: { login: 'rosa', name: 'Rosa', email: 'rosa@example.org', passwordHash: await hashPassword(password) },
  backup: { keep: 3, place: { kind: 'folder', path: join(tmpdir(), 'dialtone-nowhere') }, passphrase: 'four words are enough' },
});

afterEach(async () => {
  await test?.stop();
  test = undefined;
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe('an unattended set-up (A-22)', () => {
  it('is applied once, in full, and leaves no file', async () => {
    const { test, dataDir } = await startWith(await full());
    expect((await test.visitor().get('/public/info')).body).toMatchObject({
      ...{ setupNeeded: false, domain: 'phone.example.org', currency: 'USD', operatorName: 'Village Telephone' },
      ...{ defaultLanguage: 'es', timeZone: 'America/Montevideo' },
    });
    const rosa = test.visitor();
    expect((await rosa.post('/session', { login: 'rosa', password })).status).toBe(200);
    expect((await rosa.get('/backups/plan')).body).toMatchObject({ keep: 3, place: { kind: 'folder' }, passphrase: { kind: 'typed' } });
    expect((await rosa.get('/settings')).body.adminNetworks).toEqual(['127.0.0.0/8', '198.51.100.0/24']);
    const audit = (await rosa.get('/audit?action=setup.unattended')).body.items;
    expect(audit).toMatchObject([{ actor: 'system', after: { admin: 'rosa', sipDomain: 'phone.example.org' } }]);
    expect(JSON.stringify(audit)).not.toContain('argon2');
    expect(existsSync(join(dataDir, 'unattended.json'))).toBe(false);
    expect(existsSync(join(dataDir, 'setup-code'))).toBe(false);
  });

  it('with a fault applies nothing, says every fault, and lets a person set up', async () => {
    const wrong = { ...(await full()), currency: 'euro', language: 'fr', backup: { place: { kind: 'sftp' } } };
    const { test, dataDir } = await startWith({ ...wrong, admin: { ...wrong.admin, passwordHash: 'geheim' } });
    const faults = await readFile(join(dataDir, 'unattended-faults'), 'utf8');
    for (const field of ['currency', 'language', 'admin.passwordHash', 'backup.place.host']) expect(faults).toContain(`${field}: `);
    expect(faults).not.toContain('geheim');
    expect((await test.visitor().get('/public/info')).body).toMatchObject({
      setupNeeded: true,
      domain: 'dialtone.test',
      operatorName: 'Dialtone',
    });
    const admin = await test.admin();
    expect((await admin.get('/audit?action=setup.unattended')).body.total).toBe(0);
    expect((await admin.get('/alarms')).body.items).toEqual([]);
    expect(existsSync(join(dataDir, 'unattended-faults'))).toBe(false);
    expect(existsSync(join(dataDir, 'unattended.json'))).toBe(false);
  });

  it('takes back what the database had when the plan of backups is refused', async () => {
    const { test, dataDir } = await startWith({ ...(await full()), backup: { place: { kind: 'usb', uuid: 'AAAA-BBBB' } } });
    expect((await test.visitor().get('/public/info')).body).toMatchObject({ setupNeeded: true, domain: 'dialtone.test' });
    expect(await readFile(join(dataDir, 'unattended-faults'), 'utf8')).toContain('place');
  });

  it('never touches an installation that has an administrator', async () => {
    const first = await startWith(await full());
    const code = await test?.app.close();
    expect(code).toBeUndefined();
    const { test: second } = await startWith({ ...(await full()), domain: 'evil.example.org', admin: undefined }, first.dataDir);
    expect((await second.visitor().get('/public/info')).body).toMatchObject({ domain: 'phone.example.org' });
    expect(existsSync(join(first.dataDir, 'unattended.json'))).toBe(false);
  });

  it('says of a file that is no JSON just that', async () => {
    const { dataDir } = await startWith('{"domain":');
    expect(await readFile(join(dataDir, 'unattended-faults'), 'utf8')).toBe('unattended.json cannot be read, or is no JSON\n');
  });
});
