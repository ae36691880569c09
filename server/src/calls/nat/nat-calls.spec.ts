import { beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import { answerTo, type RequestFields, settle } from '../../sip/testing/index.ts';
import type { Endpoint } from '../../sip/transport/types.ts';
import { ANN, Bench, BOB } from '../testing.ts';

/** Both phones have the same address at home. */
const home = '192.168.1.5';
const annRouter: Endpoint = { protocol: 'udp', address: '203.0.113.31', port: 40_001 };
const bobRouter: Endpoint = { protocol: 'udp', address: '203.0.113.41', port: 40_002 };
const annOwn = `<sip:1001@${home}:5060>`;
const bobOwn = `<sip:1002@${home}:5060>`;
const via = `SIP/2.0/UDP ${home}:5060;rport;branch=BRANCH`;

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

/** What leaves because of a message, once the relay has dealt with it. */
const send = async (message: SipRequest | SipResponse, from: Endpoint) => {
  bench.transport.take();
  bench.transport.deliver(message, from);
  await settle();
  return bench.transport.take();
};

/** The same, of which one message is expected. */
const sendOne = async (message: SipRequest | SipResponse, from: Endpoint) => {
  const [sent] = await send(message, from);
  if (!sent) throw new Error('nothing left');
  return sent;
};

const answer = async (invite: SipRequest, status: number, contact: string, from: Endpoint) =>
  (await sendOne(answerTo(invite, status, { contact }), from)).message as SipResponse;

const call = async (fields: RequestFields = {}, from = annRouter): Promise<SipRequest> => {
  const sent = bench.sendAs('1001', 'INVITE', { contact: annOwn, via, ...fields }, from);
  await settle();
  const invite = [...sent, ...bench.transport.take().map(({ message }) => message)].at(-1) as SipRequest;
  expect(invite.method).toBe('INVITE');
  return invite;
};

/** A request of Bob's phone inside the dialog, to what it was shown of Ann. */
const fromBob = (method: string, invite: SipRequest, fields: RequestFields = {}) =>
  bench.request(method, {
    ...{ uri: invite.contacts === '*' ? '' : (invite.contacts[0]?.uri.toString() ?? ''), contact: bobOwn, via },
    ...{ from: '<sip:1002@example.org>;tag=callee', to: '<sip:1001@example.org>;tag=caller', cseq: 1 },
    headers: invite.recordRoutes.map((hop) => `Route: ${hop}`),
    ...fields,
  });

const fromAnn = (method: string, answer: SipResponse, fields: RequestFields = {}) =>
  bench.request(method, {
    ...{ uri: answer.contacts === '*' ? '' : (answer.contacts[0]?.uri.toString() ?? ''), contact: annOwn, via },
    ...{ to: '<sip:1002@example.org>;tag=callee', cseq: 3 },
    headers: answer.recordRoutes.map((hop) => `Route: ${hop}`).reverse(),
    ...fields,
  });

describe('a call between two phones behind NAT', () => {
  it('shows each the outside of the other, and asks each by the address it wrote itself', async () => {
    bench.registerBob({ contact: bobOwn, via }, bobRouter);
    const invite = await call();
    expect(invite.uriText).toBe('sip:1002@192.168.1.5:5060');
    expect(invite.get('Contact')).toBe('<sip:1001@203.0.113.31:40001>');

    expect((await answer(invite, 180, bobOwn, bobRouter)).get('Contact')).toBe('<sip:1002@203.0.113.41:40002>');
    const ok = await answer(invite, 200, bobOwn, bobRouter);
    expect(ok.get('Contact')).toBe('<sip:1002@203.0.113.41:40002>');

    const ack = await sendOne(fromAnn('ACK', ok), annRouter);
    expect(ack).toMatchObject({ target: { address: '203.0.113.41', port: 40_002 }, message: { uriText: 'sip:1002@192.168.1.5:5060' } });
    const bye = await sendOne(fromBob('BYE', invite), bobRouter);
    expect(bye).toMatchObject({ target: { address: '203.0.113.31', port: 40_001 }, message: { uriText: 'sip:1001@192.168.1.5:5060' } });
  });

  it('repairs the Contact of a re-INVITE and of its answer, and follows a phone whose router chose another port', async () => {
    bench.registerBob({ contact: bobOwn, via }, bobRouter);
    const ok = await answer(await call(), 200, bobOwn, bobRouter);
    await send(fromAnn('ACK', ok), annRouter);

    const moved = { ...annRouter, port: 55_555 };
    const again = (await send(fromAnn('INVITE', ok, { cseq: 4 }), moved)).at(-1)?.message as SipRequest;
    expect(again.get('Contact')).toBe('<sip:1001@203.0.113.31:55555>');
    expect((await answer(again, 200, bobOwn, bobRouter)).get('Contact')).toBe('<sip:1002@203.0.113.41:40002>');
    expect((await sendOne(fromBob('BYE', again), bobRouter)).target).toMatchObject({ address: '203.0.113.31', port: 55_555 });
  });

  it('follows a phone into another network once it has proved who it is', async () => {
    bench.registerBob({ contact: bobOwn, via }, bobRouter);
    const ok = await answer(await call(), 200, bobOwn, bobRouter);
    await send(fromAnn('ACK', ok), annRouter);

    const elsewhere: Endpoint = { protocol: 'udp', address: '198.51.100.77', port: 7000 };
    const fields = { uri: 'sip:1002@203.0.113.41:40002', to: '<sip:1002@example.org>;tag=callee', contact: annOwn, via, cseq: 8 };
    const headers = ok.recordRoutes.map((hop) => `Route: ${hop}`).reverse();
    const sent = bench.sendAs('1001', 'INVITE', { ...fields, headers }, elsewhere);
    await settle();
    const again = [...sent, ...bench.transport.take().map(({ message }) => message)].at(-1) as SipRequest;
    expect(again.get('Contact')).toBe('<sip:1001@198.51.100.77:7000>');
    await answer(again, 200, bobOwn, bobRouter);
    expect((await sendOne(fromBob('BYE', again), bobRouter)).target).toMatchObject({ address: '198.51.100.77', port: 7000 });
  });

  it('ends the call on both sides over the flows, when an administrator does', async () => {
    bench.registerBob({ contact: bobOwn, via }, bobRouter);
    await answer(await call(), 200, bobOwn, bobRouter);
    [...bench.node.calls.list()][0]?.hangup('admin', 'Enough');
    const ends = bench.transport.take().map(({ target }) => `${target?.address}:${target?.port}`);
    expect(ends).toEqual(['203.0.113.31:40001', '203.0.113.41:40002']);
  });
});

describe('what is left alone', () => {
  const open = { contact: '<sip:1001@192.0.2.10:5060>', via: 'SIP/2.0/UDP 192.0.2.10:5060;branch=BRANCH' };

  it('the Contact of phones that are where they say', async () => {
    bench.registerBob();
    const invite = await call(open, ANN);
    expect(invite.get('Contact')).toBe('<sip:1001@192.0.2.10:5060>');
    expect((await answer(invite, 200, '<sip:1002@192.0.2.20:5060>', BOB)).get('Contact')).toBe('<sip:1002@192.0.2.20:5060>');
  });

  it('the Contact of phones known to send from elsewhere than they listen (G-42)', async () => {
    bench.directory.updateSettings({ sipAsymmetricAgents: ['Cisco-CP79'] });
    bench.registerBob();
    expect((await call({ headers: ['User-Agent: Cisco-CP7960G/8.0'] })).get('Contact')).toBe(annOwn);
  });

  it('but not that of somebody who answers with a private address, whom nothing was known of (G-44)', async () => {
    bench.registerBob();
    const ok = await answer(await call(open, ANN), 200, bobOwn, BOB);
    expect(ok.get('Contact')).toBe('<sip:1002@192.0.2.20:5060>');
    expect((await sendOne(fromAnn('BYE', ok, open), ANN)).target).toMatchObject({ address: '192.0.2.20', port: 5060 });
  });
});

describe('a phone on a connection through a NAT (RFC 5626)', () => {
  const connection: Endpoint = { ...bobRouter, protocol: 'tcp' };
  const overTcp = { contact: `<sip:1002@${home}:5060;transport=tcp>`, via: `SIP/2.0/TCP ${home}:5060;branch=BRANCH` };

  const talk = async () => {
    bench.registerBob(overTcp, connection);
    const ok = await answer(await call(), 200, overTcp.contact, connection);
    expect(ok.get('Contact')).toBe('<sip:1002@203.0.113.41:40002;transport=tcp>');
    await send(fromAnn('ACK', ok), annRouter);
    return ok;
  };
  const breakConnection = () => Object.assign(bench.node.registrar.bindingsOf(2)[0]!.flow!, { alive: false });

  it('gets what follows over the connection it has come back on', async () => {
    const ok = await talk();
    breakConnection();
    bench.registerBob({ ...overTcp, callId: 'again' }, { ...connection, port: 50_000 });
    const bye = await sendOne(fromAnn('BYE', ok), annRouter);
    expect(bye.target).toMatchObject({ protocol: 'tcp', address: '203.0.113.41', port: 50_000 });
  });

  it('430 while it has not: nobody can connect through the NAT from outside', async () => {
    const ok = await talk();
    breakConnection();
    for (const cseq of [4, 5]) expect((await sendOne(fromAnn('INFO', ok, { cseq }), annRouter)).message).toMatchObject({ status: 430 });
  });
});

describe('a phone with several flows (RFC 5626)', () => {
  it('is rung over one of them, the one that lives', async () => {
    const contact = (regId: number) => `<sip:1002@${home}:5060;transport=tcp;ob>;+sip.instance="<urn:uuid:b>";reg-id=${regId}`;
    const overTcp = `SIP/2.0/TCP ${home}:5060;branch=BRANCH`;
    bench.registerBob({ contact: contact(1), via: overTcp, callId: 'one' }, { ...bobRouter, protocol: 'tcp', port: 1001 });
    bench.registerBob({ contact: contact(2), via: overTcp, callId: 'two' }, { ...bobRouter, protocol: 'tcp', port: 1002 });
    const bindings = bench.node.registrar.bindingsOf(2);
    expect(bindings).toHaveLength(2);
    Object.assign(bindings[1]!.flow!, { alive: false });
    bench.transport.take();
    bench.sendAs('1001', 'INVITE', { contact: annOwn, via }, annRouter);
    await settle();
    const invites = bench.transport.take().filter(({ message }) => message.kind === 'request');
    expect(invites.map(({ target }) => target?.port)).toEqual([1001]);
  });
});

describe('the Contact that was shown of a phone', () => {
  it('leads back to it in a new call, as in an attended transfer', async () => {
    bench.registerBob({ contact: bobOwn, via }, bobRouter);
    const invite = await call({ uri: 'sip:1002@203.0.113.41:40002', headers: ['Replaces: other;to-tag=a;from-tag=b'] });
    expect(invite.uriText).toBe('sip:1002@192.168.1.5:5060');
    expect(invite.get('Replaces')).toBe('other;to-tag=a;from-tag=b');
  });

  it('and to nobody else', () => {
    bench.registerBob({ contact: bobOwn, via }, bobRouter);
    const [refused] = bench.sendAs('1001', 'INVITE', { uri: 'sip:1002@203.0.113.41:1', contact: annOwn, via }, annRouter) as SipResponse[];
    expect(refused?.status).toBe(403);
  });
});
