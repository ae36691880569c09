import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { node, root } from '../support/paths.ts';
import { runProgram } from '../support/process.ts';
import { TestServer } from '../support/server.ts';
import { SipClient } from '../support/sip-client.ts';

/** The compiled server, as `npm start` runs it: what the unit specs, which run from the sources, cannot see. */
describe('the built server', () => {
  let server: TestServer | undefined;
  afterEach(() => server?.stop());

  it('starts with nothing set up, prints its addresses and a one-time code, answers web and SIP, and stops cleanly', async () => {
    server = await TestServer.start('smoke', { withoutSetUp: true });
    expect(server.output).toMatch(/^Web {2,}http:\/\/127\.0\.0\.1:\d+/m);
    expect(server.output).toMatch(/^SIP {2,}udp:127\.0\.0\.1:\d+/m);
    expect(server.printedSetUpCode).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(server.setUpCode).toBe(server.printedSetUpCode);

    const page = await fetch(server.http);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="root"');
    expect(await server.api.get('/public/info')).toMatchObject({ setupNeeded: true });
    expect(statSync(join(server.dataDir, 'admin-token')).mode & 0o777).toBe(0o600);

    const client = await SipClient.open('127.0.0.1', server.sipPort);
    expect((await client.request('OPTIONS', `sip:${server.sip}`)).status).toBe(200);
    client.close();

    await server.end('SIGTERM');
    expect(server.endedCleanly).toBe(true);
  });

  it('names every wrong setting of the environment in one message and does not start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dialtone-'));
    const env = {
      PATH: process.env.PATH,
      DIALTONE_DATA: folder,
      DIALTONE_HTTP: 'nonsense',
      DIALTONE_SIP: 'carrier-pigeon:1.2.3.4:5060',
      DIALTONE_PUBLIC_IP: '999.1.1.1',
      DIALTONE_CURRENCY: 'money',
      DIALTONE_SMTP_URL: 'gopher://mail',
      DIALTONE_LOG: 'shouting',
    };
    const { code, stderr, stdout } = await runProgram(node, [join(root, 'server', 'dist', 'main.js')], {
      env,
      cwd: folder,
      timeoutMs: 20_000,
    });
    const said = stderr + stdout;
    rmSync(folder, { recursive: true, force: true });
    expect(code).not.toBe(0);
    expect(code).not.toBeNull();
    for (const name of Object.keys(env).slice(2)) expect(said).toContain(name);
    expect(said).not.toMatch(/\bat .*main\.js:\d+/);
  });
});
