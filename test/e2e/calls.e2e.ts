import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSubscriber, calling, type Person, registerAt } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { eventually } from '../support/wait.ts';

describe('subscribers call each other', () => {
  let server: TestServer;
  let anna: Person;
  let serial = 2000;
  /** A subscriber of its own for each test, so that no phone of the test before is still registered. */
  const callee = () => {
    serial += 1;
    return addSubscriber(server, String(serial));
  };
  const records = (number: string) => server.api.list(`/calls?q=${number}`);

  beforeAll(async () => {
    server = await TestServer.start('calls');
    anna = await addSubscriber(server, '1001');
  });
  afterAll(() => server?.stop());

  it.each(['udp', 'tcp'] as const)('over %s: media flows directly, credentials stay here, one CDR', async (transport) => {
    const bert = await callee();
    const phone = await Sipp.start('answer-direct', { transport, fill: { media: 40_000 } });
    await registerAt(server, bert, phone, transport);
    await Sipp.run('call', { to: server.sip, transport, ...calling(anna, bert.number), more: ['-d', '1200'] });
    await phone.finished();
    const [record, ...others] = await eventually('the CDR', async () => {
      const rows = await records(bert.number);
      return rows.length > 0 ? rows : undefined;
    });
    expect(others).toEqual([]);
    expect(record).toMatchObject({ status: 200, endedBy: 'caller', cost: null });
    expect(record?.talkSeconds).toBeGreaterThanOrEqual(1);
  });

  it('and the one who was called hangs up', async () => {
    const bert = await callee();
    const phone = await Sipp.start('answer-and-hang-up', { more: ['-d', '300'] });
    await registerAt(server, bert, phone);
    await Sipp.run('call-until-bye', { to: server.sip, ...calling(anna, bert.number) });
    await phone.finished();
    await eventually('a CDR that says who ended it', async () => (await records(bert.number))[0]?.endedBy === 'callee');
  });

  it('without an offer in the INVITE: offer in the 200, answer in the ACK', async () => {
    const bert = await callee();
    const phone = await Sipp.start('answer-late-offer', { fill: { callerPort: 40000 } });
    await registerAt(server, bert, phone);
    await Sipp.run('call-late-offer', { to: server.sip, ...calling(anna, bert.number), more: ['-d', '200'] });
    await phone.finished();
  });

  it('and hang up while it rings: CANCEL reaches the phone, a missed call is recorded', async () => {
    const bert = await callee();
    const phone = await Sipp.start('ring-until-cancelled');
    await registerAt(server, bert, phone);
    await Sipp.run('call-cancelled', { to: server.sip, ...calling(anna, bert.number) });
    await phone.finished();
    await eventually('a missed call', async () => {
      const [record] = await records(bert.number);
      return record?.status === 487 && record.missed === true;
    });
  });

  it('and hear busy', async () => {
    const bert = await callee();
    const phone = await Sipp.start('busy');
    await registerAt(server, bert, phone);
    await Sipp.run('call-refused', { to: server.sip, ...calling(anna, bert.number), fill: { status: 486, words: '486', patience: 5000 } });
    await phone.finished();
  });

  it('and are told when nobody answers within the ring time', async () => {
    await server.api.patch('/settings', { ringSeconds: 5 });
    const bert = await callee();
    const phone = await Sipp.start('ring-until-cancelled');
    await registerAt(server, bert, phone);
    const fill = { status: 408, words: 'No answer', patience: 20_000 };
    await Sipp.run('call-refused', { to: server.sip, ...calling(anna, bert.number), fill });
    await phone.finished();
    await server.api.patch('/settings', { ringSeconds: 30 });
  });

  it('and are told when the phone is switched off (480) or the number does not exist (404)', async () => {
    const bert = await callee();
    const off = { status: 480, words: 'switched off|Not registered', patience: 5000 };
    await Sipp.run('call-refused', { to: server.sip, ...calling(anna, bert.number), fill: off });
    const unknown = { status: 404, words: '404', patience: 5000 };
    await Sipp.run('call-refused', { to: server.sip, ...calling(anna, '5559999'), fill: unknown });
  });

  it('ring every phone of a subscriber: one answers, the others are cancelled', async () => {
    const bert = await callee();
    const desk = await Sipp.start('ring-until-cancelled');
    const mobile = await Sipp.start('answer');
    await registerAt(server, bert, desk);
    await registerAt(server, bert, mobile);
    await Sipp.run('call', { to: server.sip, ...calling(anna, bert.number), more: ['-d', '200'] });
    await Promise.all([desk.finished(), mobile.finished()]);
  });

  it('and one phone that declines with 603 ends the ringing of all', async () => {
    const bert = await callee();
    const desk = await Sipp.start('ring-until-cancelled');
    const mobile = await Sipp.start('decline');
    await registerAt(server, bert, desk);
    await registerAt(server, bert, mobile);
    const fill = { status: 603, words: '603', patience: 5000 };
    await Sipp.run('call-refused', { to: server.sip, ...calling(anna, bert.number), fill });
    await Promise.all([desk.finished(), mobile.finished()]);
  });

  it('reach a phone that answers busy only after the others have had their chance', async () => {
    const bert = await callee();
    const desk = await Sipp.start('busy');
    const mobile = await Sipp.start('answer');
    await registerAt(server, bert, desk);
    await registerAt(server, bert, mobile);
    await Sipp.run('call', { to: server.sip, ...calling(anna, bert.number), more: ['-d', '100'] });
    await Promise.all([desk.finished(), mobile.finished()]);
  });

  it('put each other on hold and back by re-INVITE', async () => {
    const bert = await callee();
    const phone = await Sipp.start('answer-reinvite');
    await registerAt(server, bert, phone);
    await Sipp.run('call-reinvite', { to: server.sip, ...calling(anna, bert.number) });
    await phone.finished();
  });

  it('by an alias', async () => {
    const bert = await callee();
    const phone = await Sipp.start('answer');
    await registerAt(server, bert, phone);
    await server.api.post('/numbers', { number: 'bert', kind: 'alias', subscriberId: bert.id });
    await Sipp.run('call', { to: server.sip, ...calling(anna, 'bert'), more: ['-d', '100'] });
    await phone.finished();
  });

  it('and send each other texts', async () => {
    const bert = await callee();
    const phone = await Sipp.start('message-receive');
    await registerAt(server, bert, phone);
    await Sipp.run('message', { to: server.sip, ...calling(anna, bert.number) });
    await phone.finished();
  });

  it('and an administrator ends a call: BYE to both sides, one CDR', async () => {
    const bert = await callee();
    const phone = await Sipp.start('answer');
    await registerAt(server, bert, phone);
    const call = await Sipp.start('call-until-bye', { to: server.sip, ...calling(anna, bert.number) });
    const active = await eventually('the call is talking', async () => {
      const { items } = await server.api.get('/active-calls');
      return items.find((one: { state: string }) => one.state === 'talking');
    });
    await server.api.delete(`/active-calls/${active.id}`, { reason: 'wrong number' });
    await Promise.all([call.finished(), phone.finished()]);
    const rows = await eventually('the CDR', async () => ((await records(bert.number)).length > 0 ? records(bert.number) : undefined));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ endedBy: 'admin' });
  });

  it('thirty calls at once between two numbers, each its own CDR', async () => {
    const bert = await callee();
    const calls = 30;
    const phone = await Sipp.start('answer', { calls });
    await registerAt(server, bert, phone);
    const rows = Array.from({ length: calls }, () => [anna.number, credentials(anna.number, anna.password), bert.number]);
    await server.api.patch(`/subscribers/${anna.id}`, { maxCalls: 100 });
    await Sipp.run('call', { to: server.sip, keys: { domain }, rows, rate: 100, more: ['-d', '1000'] });
    await phone.finished();
    await eventually('as many CDRs as calls', async () => (await records(bert.number)).length === calls);
  });
});
