import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectQuietBooks } from '../support/money.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, addSubscriber, calling, type Person, registerAt } from '../support/provision.ts';
import { TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';
import { eventually, sleep } from '../support/wait.ts';

/** Messages that cross or are lost: exactly one CDR each. */
describe('races and losses', () => {
  let server: TestServer;
  let anna: Person;
  let port: number;
  let cdrs = 0;
  const fill = { number: '441234567' };
  const abroad = '00441234567';
  const newest = async () => (await server.api.list(`/calls?subscriberId=${anna.id}`))[0];
  const settled = async (expected: object) => {
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
    expect(await newest()).toMatchObject(expected);
  };

  beforeAll(async () => {
    server = await TestServer.start('races');
    port = await freePort();
    anna = await addCaller(server, '1001', '5.00');
    await addRate(server, '44', '0.01');
    await addGateway(server, 'Carrier', `127.0.0.1:${port}`);
  });
  afterAll(() => server?.stop());

  it('cancel-crosses-200, caller side: the 200 was on its way, the caller acknowledges and hangs up', async () => {
    const gateway = await Sipp.start('gateway-answer', { port, fill });
    await Sipp.run('cancel-crosses-200', { to: server.sip, ...calling(anna, abroad) });
    await gateway.finished();
    await settled({ status: 200 });
  });

  it('cancel-crosses-200, gateway side: the far end picks up as the CANCEL arrives; it is acknowledged and hung up', async () => {
    const gateway = await Sipp.start('gateway-answers-the-cancel', { port, fill });
    await Sipp.run('call-cancelled', { to: server.sip, ...calling(anna, abroad) });
    await gateway.finished();
    await settled({ status: 487, talkSeconds: 0 });
  });

  it('cancel-crosses-200 between subscribers: ACK and BYE reach the phone that picked up', async () => {
    const bert = await addSubscriber(server, '1002');
    const phone = await Sipp.start('gateway-answers-the-cancel', { fill: { number: '[^ ]*' } });
    await registerAt(server, bert, phone);
    await Sipp.run('cancel-crosses-200-ring', { to: server.sip, ...calling(anna, bert.number) });
    await phone.finished();
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
  });

  it('hang-up-while-writing: an administrator ends a call whose answer is not on disk yet; the caller gets 200, then BYE', async () => {
    const gateway = await Sipp.start('gateway-answer', { port, fill });
    // Somebody holds the database, so that the journal has to wait.
    const slowDisk = new DatabaseSync(join(server.dataDir, 'dialtone.sqlite'));
    slowDisk.exec('BEGIN IMMEDIATE');
    let caller: Sipp;
    let hungUp: Promise<unknown>;
    try {
      caller = await Sipp.start('call-until-bye', { to: server.sip, ...calling(anna, abroad) });
      const active = await eventually('the gateway has answered', async () => {
        const { items } = await server.api.get('/active-calls');
        return items.find((one: { state: string }) => one.state === 'talking');
      });
      hungUp = server.api.delete(`/active-calls/${active.id}`, { reason: 'wrong number' });
      await sleep(300);
      expect(caller.messages).not.toContain('SIP/2.0 200');
    } finally {
      slowDisk.exec('ROLLBACK');
      slowDisk.close();
    }
    await Promise.all([hungUp, caller.finished(), gateway.finished()]);
    await settled({ status: 200, endedBy: 'admin' });
  });

  it('lost ACK: the 200 is repeated, then both sides get a BYE', async () => {
    const gateway = await Sipp.start('gateway-answer', { port, fill, timeout: 60 });
    await Sipp.run('ack-lost', { to: server.sip, timeout: 60, patience: 50_000, ...calling(anna, abroad) });
    await gateway.finished();
    await settled({ status: 200, endedBy: 'error' });
  }, 90_000);

  it('lost BYE: the caller is gone; the gateway hangs up and the call ends once', async () => {
    const gateway = await Sipp.start('gateway-hangs-up', { port, fill, more: ['-d', '1500'] });
    await Sipp.run('bye-lost', { to: server.sip, ...calling(anna, abroad), more: ['-d', '300'] });
    await gateway.finished();
    await settled({ status: 200, endedBy: 'callee' });
  });

  it('lost BYE of a phone: the credit of the other side bounds the call', async () => {
    const poor = await addCaller(server, '1003', '0.0005');
    const gateway = await Sipp.start('gateway-answer', { port, fill });
    await Sipp.run('bye-lost', { to: server.sip, ...calling(poor, abroad), more: ['-d', '300'] });
    await gateway.finished();
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
    await eventually('its CDR', async () => (await server.api.list(`/calls?subscriberId=${poor.id}`))[0]?.endedBy === 'credit');
  });

  it('both sides hang up at once: one CDR', async () => {
    const gateway = await Sipp.start('gateway-hangs-up', { port, fill, mayFail: true, more: ['-d', '500'] });
    await Sipp.run('call', { to: server.sip, mayFail: true, ...calling(anna, abroad), more: ['-d', '500'] });
    await gateway.finished();
    await settled({ status: 200 });
  });
});
