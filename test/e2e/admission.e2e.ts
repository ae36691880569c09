import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSubscriber, calling, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { digest, SipClient } from '../support/sip-client.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { eventually } from '../support/wait.ts';

/** The order and the codes of the pipeline, and its faults of old that are corrected. */
describe('a request is admitted or refused', () => {
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  const quick = (scenario: string, options: object = {}) =>
    Sipp.run(scenario, { to: server.sip, patience: 5000, ...calling(anna, '1002'), ...options });

  beforeAll(async () => {
    server = await TestServer.start('admission');
    anna = await addSubscriber(server, '1001');
    bert = await addSubscriber(server, '1002');
  });
  afterAll(() => server?.stop());

  it('483: Max-Forwards is used up', () => quick('too-many-hops'));
  it('484: no user part', () => quick('address-incomplete'));
  it('407: a stranger who claims to be a subscriber is challenged, and without an answer nothing happens', () =>
    quick('call-unanswered-challenge'));
  it('407: a wrong password is challenged again', () =>
    quick('call-wrong-password', { rows: [['1001', credentials('1001', 'wrong'), '1002']] }));
  it('403: another number in From than in the credentials', () => quick('from-differs', { fill: { from: '1002' } }));
  it('405: an unknown method, with Allow', () => quick('unknown-method'));
  it('200: OPTIONS, with Allow', () => quick('options'));
  it('481: BYE outside of a dialog', () => quick('bye-outside-dialog'));
  it('481: CANCEL of nothing', () => quick('cancel-of-nothing'));
  it('481: re-INVITE outside of a dialog', () => quick('reinvite-outside-dialog'));

  describe('no open relay', () => {
    it('403: a stranger to a foreign domain', () => quick('relay-foreign-to-foreign'));

    it.each([
      ['relay-forged-from', {}],
      ['preloaded-route', { fill: { status: 407 } }],
      ['preloaded-route-known', {}],
    ])('%s: nothing reaches the gateway', async (scenario, options) => {
      const gateway = await SipClient.open('127.0.0.1', server.sipPort);
      await quick(scenario, { keys: { domain, contact_port: gateway.local.port }, ...options });
      await gateway.quiet();
      expect(gateway.received).toEqual([]);
      gateway.close();
    });
  });

  it('513: a message that is too large', async () => {
    const phone = await SipClient.open('127.0.0.1', server.sipPort, 'tcp');
    const answer = await phone.request('MESSAGE', `sip:1002@${domain}`, [['Content-Type', 'text/plain']], 'x'.repeat(70_000));
    expect(answer.status).toBe(513);
    phone.close();
  });

  it('400: parseable but wrong, and the sender is told', async () => {
    const phone = await SipClient.open('127.0.0.1', server.sipPort);
    const text = phone.text('OPTIONS', `sip:${server.sip}`, [['CSeq', '1 INVITE']]);
    const answer = await phone.exchange(text);
    expect(answer.status).toBe(400);
    phone.close();
  });

  it('505: another SIP version', async () => {
    const phone = await SipClient.open('127.0.0.1', server.sipPort);
    const answer = await phone.exchange(phone.text('OPTIONS', `sip:${server.sip}`).replace('SIP/2.0\r\n', 'SIP/7.0\r\n'));
    expect(answer.status).toBe(505);
    phone.close();
  });

  it('482: the same request by two ways', async () => {
    const phone = await SipClient.open('127.0.0.1', server.sipPort);
    // The one who is called never answers: the INVITE of the first way is still open when the second arrives.
    const silent = await SipClient.open('127.0.0.1', server.sipPort);
    await silent.register({ user: '1002', password: bert.password, domain });
    const uri = `sip:1002@${domain}`;
    const invite = (cseq: number, way: string, more: [string, string][]) =>
      phone.text('INVITE', uri, [
        ['From', `<sip:1001@${domain}>;tag=merged`],
        ['Call-ID', 'merged'],
        ['CSeq', `${cseq} INVITE`],
        ['Via', `SIP/2.0/UDP ${phone.at};rport;branch=z9hG4bK${way}`],
        ...more,
      ]);
    const challenge = (await phone.exchange(invite(1, 'ask', []))).headers.get('proxy-authenticate')?.find((one) => one.includes('MD5'));
    const proof = digest(challenge ?? '', { user: '1001', password: anna.password }, { method: 'INVITE', uri });
    const statuses = (way: string) => phone.received.filter((one) => one.headers.get('via')?.[0]?.includes(way)).map((one) => one.status);
    await phone.send(invite(2, 'way-one', [['Proxy-Authorization', proof]]));
    await eventually('the call is on its way', () => silent.received.some((one) => one.start.startsWith('INVITE')));
    await phone.send(invite(2, 'way-two', [['Proxy-Authorization', proof]]));
    await phone.quiet();
    expect(statuses('way-two')).toEqual([482]);
    expect(statuses('way-one').every((status) => status < 200)).toBe(true);
    phone.close();
    silent.close();
  });
});
