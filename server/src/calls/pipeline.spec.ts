import { beforeEach, describe, expect, it } from 'vitest';
import { aGateway } from '../directory/testing.ts';
import { answerChallenge } from '../sip/digest.ts';
import type { SipRequest, SipResponse } from '../sip/message/index.ts';
import { answerTo, settle } from '../sip/testing/index.ts';
import { ANN, Bench, BOB, DOMAIN, statuses } from './testing.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const one = (messages: readonly unknown[]): SipResponse => {
  expect(messages).toHaveLength(1);
  return messages[0] as SipResponse;
};
const line = (messages: readonly unknown[]): string => {
  const { status, reason } = one(messages);
  return `${status} ${reason}`;
};

describe('admission', () => {
  it('G-1: refuses the last hop with 483, an ACK of it silently', () => {
    const invite = bench.request('INVITE');
    invite.set('Max-Forwards', '0');
    expect(line(bench.send(invite))).toMatch(/^483/);
    const ack = bench.request('ACK', { to: '<sip:1002@example.org>;tag=x' });
    ack.set('Max-Forwards', '0');
    expect(bench.send(ack)).toEqual([]);
  });

  it('names the extension it does not know', () => {
    const reply = one(bench.send(bench.request('INVITE', { headers: ['Proxy-Require: privacy'] })));
    expect([reply.status, reply.get('Unsupported')]).toEqual([420, 'privacy']);
  });

  it('refuses another URI scheme with 416, an unknown method with 405 and Allow', () => {
    expect(line(bench.send(bench.request('INVITE', { uri: 'http:example.org' })))).toMatch(/^416/);
    const reply = one(bench.send(bench.request('PUBLISH')));
    expect(reply.status).toBe(405);
    expect(reply.get('Allow')).toContain('INVITE');
  });

  it('answers OPTIONS, whether the user exists or not; not for others', () => {
    for (const uri of ['sip:example.org', 'sip:1002@example.org', 'sip:nobody@192.0.2.1'])
      expect(line(bench.send(bench.request('OPTIONS', { uri, callId: uri }))), uri).toBe('200 OK');
    expect(line(bench.send(bench.request('OPTIONS', { uri: 'sip:elsewhere.test' })))).toBe('403 Forbidden');
  });
});

describe('dialogs that nobody knows', () => {
  it('CANCEL, BYE and a re-INVITE of an unknown dialog change nothing: 481', () => {
    expect(line(bench.send(bench.request('CANCEL')))).toMatch(/^481/);
    for (const method of ['BYE', 'INVITE', 'UPDATE', 'INFO', 'MESSAGE'])
      expect(line(bench.send(bench.request(method, { to: '<sip:1002@example.org>;tag=forged', callId: method }))), method).toMatch(/^481/);
  });

  it('G-11: a BYE with a Route to somebody else goes nowhere', () => {
    const bye = bench.request('BYE', { to: '<sip:x@y>;tag=forged', headers: ['Route: <sip:192.0.2.1;lr>, <sip:gateway.test;lr>'] });
    expect(line(bench.send(bye))).toMatch(/^481/);
  });

  it('a method that needs a dialog has none without To tag', () => {
    expect(line(bench.send(bench.request('BYE')))).toMatch(/^481/);
    expect(line(bench.send(bench.request('REFER', { callId: 'refer' })))).toMatch(/^481/);
  });

  it('drops an ACK of no dialog', () => {
    expect(bench.send(bench.request('ACK', { to: '<sip:1002@example.org>;tag=x' }))).toEqual([]);
  });
});

describe('who asks', () => {
  it('O-88: challenges an INVITE with 407 in both algorithms, MD5 first', () => {
    const reply = one(bench.send(bench.request('INVITE')));
    expect(reply.status).toBe(407);
    expect(reply.getAll('Proxy-Authenticate').map((value) => /algorithm=([\w-]+)/.exec(value)?.[1])).toEqual(['MD5', 'SHA-256']);
    expect(reply.get('Proxy-Authenticate')).toContain(`realm="${DOMAIN}"`);
  });

  it.each([[], ['User-Agent: baresip v1.0.0']])('accepts number@domain as the user name (%s)', (...headers) => {
    const as = (username: string, callId: string) => statuses(bench.sendAs('1001', 'INVITE', { headers, callId }, ANN, username));
    expect(as(`1001@${DOMAIN}`, 'a')).toEqual(['480']);
    expect(as('1001@elsewhere.test', 'b')).toEqual(['407']);
    expect(as(`1002@${DOMAIN}`, 'c')).toEqual(['407']);
    // Its password is from before that HA1 was kept.
    bench.directory.upsertSubscriber({ ...bench.directory.subscriberById(1)!, ha1Md5AtDomain: null, ha1Sha256AtDomain: null });
    expect(as(`1001@${DOMAIN}`, 'd')).toEqual(['407']);
    expect(as('1001', 'e')).toEqual(['480']);
  });

  it('offers MD5 alone to a phone that stumbles over SHA-256', () => {
    const reply = one(bench.send(bench.request('INVITE', { headers: ['User-Agent: baresip v1.0.0 (x86_64/linux)'] })));
    expect(reply.getAll('Proxy-Authenticate')).toHaveLength(1);
  });

  it('accepts SHA-256 and MD5 alike', () => {
    for (const first of ['SHA-256', 'MD5']) {
      const fresh = new Bench();
      if (first === 'MD5') fresh.directory.upsertSubscriber({ ...fresh.directory.subscriberById(1)!, ha1Sha256: '' });
      expect(statuses(fresh.sendAs('1001', 'INVITE', { headers: first === 'MD5' ? ['User-Agent: baresip v1.0.0'] : [] }))).toEqual(['480']);
    }
  });

  it('challenges again after a wrong password, however often', () => {
    bench.directory.upsertSubscriber({ ...bench.directory.subscriberById(1)!, ha1Md5: 'f'.repeat(32), ha1Sha256: 'f'.repeat(64) });
    expect(statuses(bench.sendAs('1001', 'INVITE'))).toEqual(['407']);
  });

  it('turns an address away that tries passwords, and nobody else', () => {
    const known = bench.directory.subscriberById(1)!;
    bench.directory.upsertSubscriber({ ...known, ha1Md5: 'f'.repeat(32), ha1Sha256: 'f'.repeat(64) });
    for (let i = 0; i < 60; i++) bench.sendAs('1001', 'INVITE', { callId: `guess${i}` });
    bench.directory.upsertSubscriber(known);
    const after = one(bench.sendAs('1001', 'INVITE', { callId: 'right' }));
    expect([after.status, after.get('Retry-After')]).toEqual([403, '60']);
    expect(bench.registerBob().status).toBe(200);
  });

  it('counts a wrong password only from an address that is proved: it answers a nonce sent there', () => {
    const failures: string[] = [];
    bench.node.guesses.watch(({ address, count }) => failures.push(`${address} ${count}`));
    const eve = { ...ANN, address: '203.0.113.66' };
    const challenge = one(bench.send(bench.request('INVITE', { callId: 'eve' }), eve));
    const invented = { status: 407, getAll: () => [`Digest realm="${DOMAIN}", nonce="mine", algorithm=MD5, qop="auth"`] };
    const request = (password: string, n: number, from: Parameters<typeof answerChallenge>[0] = challenge) => {
      const answer = answerChallenge(from, { username: '1001', password }, { method: 'INVITE', uri: 'sip:1002@example.org' })!;
      return bench.request('INVITE', { callId: `guess${n}`, headers: [`Proxy-Authorization: ${answer.value}`] });
    };
    const challenged = (message: SipRequest) => one(bench.send(message, ANN)).get('Proxy-Authenticate');
    expect(challenged(request('secret-1001', 1000, invented))).toContain('stale=true');
    // Forged: Eve puts Ann's address on her answers to a nonce of her own, or of her own making.
    for (let n = 0; n < 100; n++) bench.send(request('guess', n, n % 2 ? invented : challenge), ANN);
    expect(failures).toEqual([]);
    expect(statuses(bench.sendAs('1001', 'INVITE', { callId: 'ann' }))).toEqual(['480']);
    // Nor does she learn of a right guess by then: no stale=true for a nonce that was not sent there.
    expect(challenged(request('secret-1001', 200, invented))).not.toContain('stale');
    bench.send(request('guess', 300), eve);
    expect(failures).toEqual(['203.0.113.66 1']);
    bench.send(request('guess', 301), { ...eve, protocol: 'tcp', port: 40_000 });
    expect(failures.at(-1)).toBe('203.0.113.66 2');
  });

  it('takes a nonce from an address that has changed: phones wander', () => {
    const challenge = one(bench.send(bench.request('INVITE', { callId: 'w' })));
    const { name, value } = answerChallenge(
      challenge,
      { username: '1001', password: 'secret-1001' },
      { method: 'INVITE', uri: 'sip:1002@example.org' },
    )!;
    const again = bench.request('INVITE', { callId: 'w', cseq: 2, headers: [`${name}: ${value}`] });
    expect(line(bench.send(again, { ...ANN, address: '192.0.2.77' }))).toMatch(/^480/);
  });

  it('G-30: 403 Use From=ID when From is another user, or of another domain', () => {
    expect(line(bench.sendAs('1001', 'INVITE', { from: '<sip:1002@example.org>;tag=a' }))).toBe('403 Use From=ID');
    expect(line(bench.sendAs('1001', 'INVITE', { from: '<sip:1001@elsewhere.test>;tag=a', callId: 'b' }))).toBe('403 Use From=ID');
  });

  it('G-11, O-72: 403 for a preloaded Route; one that names us alone is an outbound proxy', () => {
    const evil = { headers: ['Route: <sip:192.0.2.1;lr>', 'Route: <sip:gateway.test;lr>'] };
    expect(line(bench.sendAs('1001', 'INVITE', evil))).toBe('403 Preloaded Route denied');
    expect(line(bench.sendAs('1001', 'INVITE', { headers: ['Route: <sip:192.0.2.1;lr>'], callId: 'b' }))).toMatch(/^480/);
  });

  it('T4: is no open relay, in either direction', () => {
    const foreign = { uri: 'sip:victim@elsewhere.test' };
    expect(line(bench.send(bench.request('INVITE', { ...foreign, from: '<sip:a@other.test>;tag=a' })))).toMatch(/^403/);
    // G, security a: a forged local From is challenged like any other.
    expect(line(bench.send(bench.request('INVITE', { ...foreign, callId: 'b' })))).toMatch(/^407/);
    expect(line(bench.sendAs('1001', 'INVITE', { ...foreign, callId: 'c' }))).toMatch(/^403/);
    expect(line(bench.send(bench.request('REGISTER', { uri: 'sip:elsewhere.test', to: '<sip:a@elsewhere.test>', callId: 'd' })))).toMatch(
      /^403/,
    );
  });

  it('O-101: strangers may ring our subscribers only when the setting says so', () => {
    bench.registerBob();
    const stranger = () => bench.request('INVITE', { from: '<sip:eve@elsewhere.test>;tag=a' });
    expect(line(bench.send(stranger()))).toMatch(/^407/);
    bench.directory.updateSettings({ acceptStrangers: true });
    expect(statuses(bench.send(stranger()))).toEqual(['100', 'INVITE']);
    expect(
      line(bench.send(bench.request('INVITE', { from: '<sip:eve@elsewhere.test>;tag=a', uri: 'sip:0044123456@example.org', callId: 'b' }))),
    ).toMatch(/^404/);
  });

  it('O-103, O-111: a trusted gateway brings calls to a DID without a password, and gets nowhere else', () => {
    bench.directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.1', sources: ['198.51.100.0/24'] }));
    bench.directory.upsertNumber({ id: 1, number: '442071838750', domain: null, kind: 'did', subscriberId: 2, target: null });
    bench.registerBob();
    const gateway = { ...ANN, address: '198.51.100.7' };
    const call = (user: string) =>
      bench.request('INVITE', { uri: `sip:${user}@192.0.2.1`, from: '<sip:+4930123@carrier.test>;tag=g', callId: user });
    expect(statuses(bench.send(call('+442071838750'), gateway))).toEqual(['100', 'INVITE']);
    expect(line(bench.send(call('0049301234'), gateway))).toMatch(/^404/);
    expect(line(bench.send(call('442071838750')))).toMatch(/^407/);
  });
});

describe('own subscribers to foreign domains', () => {
  const abroad = { uri: 'sip:carl@203.0.113.5' };
  beforeEach(() => bench.directory.updateSettings({ allowForeignCalls: true }));

  it('O-4: are proxied out where the setting allows it, with a CDR', async () => {
    bench.sendAs('1001', 'INVITE', abroad);
    await settle();
    const [trying, invite] = bench.transport.take();
    expect((trying?.message as SipResponse | undefined)?.status).toBe(100);
    expect(invite?.target).toMatchObject({ address: '203.0.113.5', port: 5060 });
    bench.send(answerTo(invite?.message as SipRequest, 486), { ...BOB, address: '203.0.113.5' });
    expect(bench.charging.records).toMatchObject([{ status: 486, direction: 'outbound', toSubscriberId: null }]);
  });

  it('18.1.1: go over TCP when the request is large, unless the URI names the transport', async () => {
    for (const [transport, expected] of [
      ['', 'tcp'],
      [';transport=udp', 'udp'],
    ] as const) {
      const body = 'v=0\r\n'.padEnd(1400, 'a');
      bench.sendAs('1001', 'INVITE', { uri: `${abroad.uri}${transport}`, callId: `large${expected}`, body });
      await settle();
      expect(bench.transport.take().at(-1)?.target?.protocol).toBe(expected);
    }
  });

  it('never reach a gateway or ourselves that way, nor go where they may not', async () => {
    bench.directory.upsertGateway(aGateway({ id: 1, host: '203.0.113.5', port: 5060 }));
    for (const [callId, uri] of [
      ['a', abroad.uri],
      ['b', 'sip:0044900@203.0.113.5:5060;transport=udp'],
    ] as const) {
      bench.sendAs('1001', 'INVITE', { uri, callId });
      await settle();
      expect(statuses(bench.transport.take().map(({ message }) => message)), uri).toEqual(['403']);
    }
    bench.directory.updateSettings({ allowForeignCalls: false });
    expect(line(bench.sendAs('1001', 'INVITE', { uri: 'sip:x@203.0.113.6', callId: 'c' }))).toMatch(/^403/);
    expect(bench.charging.records.map(({ refusal }) => refusal)).toEqual(['foreign-domain', 'foreign-domain', 'foreign-domain']);
  });
});

describe('REGISTER', () => {
  it('O-7: 401, then 200 with the binding', () => {
    const reply = bench.registerBob();
    expect(reply.status).toBe(200);
    expect(reply.get('Contact')).toBe('<sip:1002@192.0.2.20:5060>;expires=3600');
    expect(bench.node.registrar.isOnline('sip:1002@example.org')).toBe(true);
  });

  it('G-22, O-92: nobody registers the number of another: 403', () => {
    const fields = { uri: 'sip:example.org', to: '<sip:1002@example.org>', from: '<sip:1001@example.org>;tag=a' };
    expect(line(bench.sendAs('1001', 'REGISTER', fields))).toBe('403 Use To=ID');
  });

  it('takes our address for the default domain', () => {
    const fields = { uri: 'sip:192.0.2.1', to: '<sip:1001@192.0.2.1>', from: '<sip:1001@192.0.2.1>;tag=a' };
    expect(line(bench.sendAs('1001', 'REGISTER', fields))).toBe('200 OK');
  });

  it('tells a suspended subscriber why', () => {
    bench.directory.upsertSubscriber({ ...bench.directory.subscriberById(2)!, status: 'suspended' });
    const reply = bench.registerBob();
    expect([reply.status, reply.get('Warning')]).toEqual([403, '399 example.org "This account is suspended. Ask the operator."']);
  });

  it('refuses a contact that leads to a gateway or back to us', () => {
    bench.directory.upsertGateway(aGateway({ id: 1, host: '192.0.2.99', port: 5060 }));
    expect(bench.registerBob({ contact: '<sip:0044900@192.0.2.99>' }).status).toBe(403);
    expect(bench.registerBob({ contact: '<sip:0044900@192.0.2.1:5060>', callId: 'b' }).status).toBe(403);
  });
});

describe('MESSAGE', () => {
  const text = { from: '<sip:1001@example.org>;tag=m', body: 'hello' };

  it('is relayed to all phones of the other, without credentials', () => {
    bench.registerBob();
    bench.registerBob({ contact: '<sip:1002@192.0.2.21:5060>', callId: 'second' });
    const sent = bench.sendAs('1001', 'MESSAGE', text);
    expect(statuses(sent)).toEqual(['MESSAGE', 'MESSAGE']);
    expect(sent[0]?.has('Proxy-Authorization')).toBe(false);
    expect(sent[0]?.has('Record-Route')).toBe(false);
    expect(sent[0]?.body.toString()).toBe('hello');
  });

  it('is challenged, and says when nobody is there', () => {
    expect(line(bench.send(bench.request('MESSAGE', text)))).toMatch(/^407/);
    expect(line(bench.sendAs('1001', 'MESSAGE', { ...text, callId: 'b' }))).toBe('480 Not registered');
    expect(line(bench.sendAs('1001', 'MESSAGE', { ...text, uri: 'sip:nobody@example.org', callId: 'c' }))).toBe('404 Not Found');
  });
});

describe('INVITE', () => {
  it('T6, T7: 484 without a user, 404 for a number nobody has, 480 for a phone that is off; each with its CDR', () => {
    expect(line(bench.sendAs('1001', 'INVITE', { uri: 'sip:example.org', callId: 'a' }))).toBe('484 Address Incomplete');
    expect(line(bench.sendAs('1001', 'INVITE', { uri: 'sip:1099@example.org', callId: 'b' }))).toBe('404 Not Found');
    const off = one(bench.sendAs('1001', 'INVITE', { callId: 'c' }));
    expect([off.status, off.get('Reason')]).toEqual([480, 'SIP;cause=480;text="Not registered"']);
    expect(bench.charging.records.map(({ status, refusal, missed }) => [status, refusal, missed])).toEqual([
      [484, 'address-incomplete', false],
      [404, 'unknown-number', false],
      [480, 'not-registered', true],
    ]);
    expect(bench.node.calls.size).toBe(0);
  });

  it('a challenged INVITE is no call', () => {
    bench.send(bench.request('INVITE'));
    expect(bench.charging.records).toEqual([]);
    expect(bench.node.calls.size).toBe(0);
  });

  it('understands a tel URI', () => {
    bench.registerBob();
    expect(statuses(bench.sendAs('1001', 'INVITE', { uri: 'tel:1002' }))).toEqual(['100', 'INVITE']);
  });

  it('keeps its temper with anything that parses', () => {
    for (const method of ['INVITE', 'REGISTER', 'BYE', 'MESSAGE', 'NOTIFY', 'XYZZY'])
      for (const to of ['<sip:1002@example.org>', '<tel:1>', '<http:x>;tag=1'])
        for (const from of ['<sip:1001@example.org>;tag=a', '<tel:+1>;tag=a', '<urn:x:y>'])
          bench.send(bench.request(method, { to, from, callId: `${method}${to}${from}` }), BOB);
    expect(bench.faults).toEqual([]);
  });
});
