import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectQuietBooks } from '../support/money.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, calling, type Person } from '../support/provision.ts';
import { TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';

/** What passes through the two dialogs of a paid call while it is set up and talking. */
describe('in the middle of a paid call', () => {
  let server: TestServer;
  let anna: Person;
  let port: number;
  let cdrs = 0;
  const fill = { number: '441234567', callerPort: 40000 };
  const pair = async (calls: string, answers: string, options: { fill?: object; more?: string[]; timeout?: number } = {}) => {
    const gateway = await Sipp.start(answers, { port, fill: { ...fill, ...options.fill }, timeout: options.timeout });
    await Sipp.run(calls, { to: server.sip, ...calling(anna, '00441234567'), more: options.more, timeout: options.timeout });
    await gateway.finished();
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
  };

  beforeAll(async () => {
    server = await TestServer.start('mid-call');
    port = await freePort();
    anna = await addCaller(server, '1001', '5.00');
    await addRate(server, '44', '0.01');
    await addGateway(server, 'Carrier', `127.0.0.1:${port}`);
  });
  afterAll(() => server?.stop());

  it('re-INVITE of the caller (hold and back) passes through', () => pair('call-reinvite', 'gateway-reinvited'));
  it('re-INVITE of the gateway passes through', () => pair('call-reinvited', 'gateway-reinvites'));
  it('an offer in the 200 and its answer in the ACK pass through', () =>
    pair('call-late-offer', 'gateway-late-offer', { more: ['-d', '200'] }));
  it('UPDATE and INFO pass, REFER is answered 603', () => pair('call-update-info-refer', 'gateway-update-info'));
  it('a reliable 183 and its PRACK pass through (RFC 3262)', () => pair('call-prack', 'gateway-prack', { more: ['-d', '200'] }));
  it('the session timer that the gateway asks for is kept (RFC 4028)', () =>
    pair('call', 'gateway-session-timer', { fill: { refresh: 'UPDATE' }, more: ['-d', '50000'], timeout: 80 }));
});
