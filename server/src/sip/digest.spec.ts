import { describe, expect, it } from 'vitest';
import { answerChallenge, DigestVerifier, digestResponse, ha1, parseDigest } from './digest.ts';
import { FakeClock } from './testing/fake-clock.ts';

const REALM = 'sip.example.org';
const USER = { md5: ha1('MD5', '1001', REALM, 'secret'), sha256: ha1('SHA-256', '1001', REALM, 'secret') };
const lookup = (username: string) => (username === '1001' ? USER : undefined);
const request = { method: 'REGISTER', uri: `sip:${REALM}` };
const asChallenge = (values: string[], status = 401) => ({ status, getAll: () => values });

function verifier(options: Partial<ConstructorParameters<typeof DigestVerifier>[0]> = {}) {
  const clock = new FakeClock();
  return { clock, server: new DigestVerifier({ clock, ...options }) };
}

function answer(values: string[], password = 'secret', nc = 1, asked = request, username = '1001') {
  return answerChallenge(asChallenge(values), { username, password }, asked, nc)!.value;
}

describe('the digest formula', () => {
  const rfc7616 = {
    method: 'GET',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    qop: { qop: 'auth', nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
  };

  it('gives the response of RFC 7616 3.9.1 with MD5', () => {
    const key = ha1('MD5', 'Mufasa', 'http-auth@example.org', 'Circle of Life');
    expect(digestResponse({ ...rfc7616, algorithm: 'MD5', ha1: key })).toBe('8ca523f5e9506fed4657c9700eebdbec');
  });

  it('gives the response of RFC 7616 3.9.1 with SHA-256 (RFC 8760)', () => {
    const key = ha1('SHA-256', 'Mufasa', 'http-auth@example.org', 'Circle of Life');
    expect(digestResponse({ ...rfc7616, algorithm: 'SHA-256', ha1: key })).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  const rfc2617 = { algorithm: 'MD5' as const, method: 'GET', uri: '/dir/index.html', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' };

  it('gives the response of RFC 2617 3.5', () => {
    const key = ha1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');
    const qop = { qop: 'auth', nc: '00000001', cnonce: '0a4f113b' };
    expect(digestResponse({ ...rfc2617, ha1: key, qop })).toBe('6629fae49393a05397450978507c4ef1');
  });

  it('gives the response of RFC 2069 2.4 (as corrected) without qop', () => {
    const key = ha1('MD5', 'Mufasa', 'testrealm@host.com', 'CircleOfLife');
    expect(digestResponse({ ...rfc2617, ha1: key })).toBe('1949323746fe6a43ef61f9606e7febea');
  });

  it('hashes the body for auth-int', () => {
    const common = { algorithm: 'MD5' as const, ha1: 'x', method: 'INVITE', uri: 'sip:a', nonce: 'n' };
    const qop = (body: string) => ({ qop: 'auth-int', nc: '00000001', cnonce: 'c', body: Buffer.from(body) });
    expect(digestResponse({ ...common, qop: qop('a') })).not.toBe(digestResponse({ ...common, qop: qop('b') }));
  });
});

describe('parseDigest', () => {
  it('reads quoted, bare and escaped values in any case and spacing', () => {
    const fields = parseDigest('DIGEST Username = "a\\"b" ,realm="x, y",nc=00000001 , algorithm=MD5')!;
    expect([...fields]).toEqual([
      ['username', 'a"b'],
      ['realm', 'x, y'],
      ['nc', '00000001'],
      ['algorithm', 'MD5'],
    ]);
  });

  it.each(['Basic dXNlcjpwYXNz', 'Digest username="open', 'Digest =1', 'Digest a="1", a="2"'])('refuses %s', (value) =>
    expect(parseDigest(value)).toBeUndefined(),
  );
});

describe('DigestVerifier', () => {
  it('challenges with SHA-256 before MD5, one nonce, qop=auth', () => {
    const [first, second] = verifier().server.challenge(REALM);
    expect(first).toMatch(/^Digest realm="sip\.example\.org", nonce="[^"]+", algorithm=SHA-256, qop="auth"$/);
    expect(second).toBe(first!.replace('SHA-256', 'MD5'));
  });

  it('accepts SHA-256 and MD5 answers', () => {
    const { server } = verifier();
    for (const at of [0, 1]) {
      const credentials = answer([server.challenge(REALM)[at]!]);
      const algorithm = at === 0 ? 'SHA-256' : 'MD5';
      expect(server.verify(request, [credentials], REALM, lookup)).toEqual({ ok: true, username: '1001', realm: REALM, algorithm });
    }
  });

  it('says none without credentials of the realm, and finds its own among several', () => {
    const { server } = verifier();
    const foreign = 'Digest username="1001", realm="elsewhere", nonce="x", uri="sip:x", response="y"';
    expect(server.verify(request, undefined, REALM, lookup)).toEqual({ ok: false, why: 'none' });
    expect(server.verify(request, [foreign], REALM, lookup)).toEqual({ ok: false, why: 'none' });
    expect(server.verify(request, [foreign, answer(server.challenge(REALM))], REALM, lookup).ok).toBe(true);
  });

  it.each([
    ['a wrong password', 'bad', '1001'],
    ['an unknown user', 'secret', '1002'],
  ])('says wrong for %s', (_, password, username) => {
    const { server } = verifier();
    const credentials = answer(server.challenge(REALM), password, 1, request, username);
    expect(server.verify(request, credentials, REALM, lookup)).toMatchObject({ ok: false, why: 'wrong', username });
  });

  it('says wrong for another method, uri for another resource where that is checked', () => {
    const { server } = verifier({ checkUri: true });
    const credentials = answer(server.challenge(REALM));
    expect(server.verify({ ...request, method: 'INVITE' }, credentials, REALM, lookup)).toMatchObject({ why: 'wrong' });
    expect(server.verify({ method: 'REGISTER', uri: 'sip:else.example.org' }, credentials, REALM, lookup)).toMatchObject({ why: 'uri' });
  });

  it('accepts a digest uri that differs from the Request-URI, as sipp and some phones write it', () => {
    const { server } = verifier();
    const asked = { method: 'REGISTER', uri: 'sip:127.0.0.1:5060' };
    expect(server.verify(request, answer(server.challenge(REALM), 'secret', 1, asked), REALM, lookup).ok).toBe(true);
  });

  it('accepts a digest uri that differs in port, parameters or case of the host only', () => {
    const { server } = verifier({ checkUri: true });
    const asked = { method: 'REGISTER', uri: 'sip:SIP.example.org:5060;transport=udp' };
    expect(server.verify(request, answer(server.challenge(REALM), 'secret', 1, asked), REALM, lookup).ok).toBe(true);
  });

  it('calls an expired nonce stale when the password is right, wrong when it is not', () => {
    const { server, clock } = verifier({ nonceTtl: 1000 });
    const good = answer(server.challenge(REALM));
    const bad = answer(server.challenge(REALM), 'bad');
    clock.advance(1001);
    expect(server.verify(request, good, REALM, lookup)).toMatchObject({ why: 'stale' });
    expect(server.verify(request, bad, REALM, lookup)).toMatchObject({ why: 'wrong' });
    expect(server.challenge(REALM, { stale: true })[0]).toContain('stale=true');
  });

  it('tells whether a refused answer comes from where its nonce went', () => {
    const { server } = verifier();
    const bad = answer(server.challenge(REALM, { address: '192.0.2.1' }), 'bad', 1);
    const proven = (address?: string, credentials = bad) => server.verify({ ...request, address }, credentials, REALM, lookup);
    expect(proven('192.0.2.1')).toMatchObject({ why: 'wrong', proven: true });
    expect(proven('192.0.2.2')).toMatchObject({ why: 'wrong', proven: false });
    expect(proven()).toMatchObject({ why: 'wrong', proven: false });
    expect(proven('192.0.2.1', bad.replace(/nonce="[^"]*"/, 'nonce="made-up"'))).toMatchObject({ why: 'wrong', proven: false });
    const wanders = answer(server.challenge(REALM, { address: '192.0.2.1' }), 'secret', 1);
    expect(proven('192.0.2.2', wanders)).toMatchObject({ ok: true });
    expect(proven('192.0.2.1', wanders)).toMatchObject({ why: 'replay', proven: true });
  });

  it('calls a nonce of another key stale', () => {
    const [one, two] = [verifier({ secret: 'a' }), verifier({ secret: 'b' })];
    expect(two.server.verify(request, answer(one.server.challenge(REALM)), REALM, lookup)).toMatchObject({ why: 'stale' });
    expect(one.server.verify(request, answer(one.server.challenge(REALM)), REALM, lookup).ok).toBe(true);
  });

  it('takes each nonce count once, in any order within the window', () => {
    const { server } = verifier();
    const challenge = server.challenge(REALM);
    const use = (nc: number) => server.verify(request, answer(challenge, 'secret', nc), REALM, lookup);
    for (const nc of [1, 3, 2, 4, 40]) expect(use(nc).ok, `nc ${nc}`).toBe(true);
    for (const nc of [1, 2, 3, 4, 40, 8]) expect(use(nc), `nc ${nc}`).toMatchObject({ why: 'replay' });
    expect(use(9).ok).toBe(true);
  });

  it('stays closed to replays when it had to forget a nonce', () => {
    const { server, clock } = verifier({ capacity: 2 });
    const credentials = [0, 1, 2].map(() => {
      clock.advance(1);
      return answer(server.challenge(REALM));
    });
    for (const value of credentials) expect(server.verify(request, value, REALM, lookup).ok).toBe(true);
    for (const value of credentials) expect(server.verify(request, value, REALM, lookup)).toMatchObject({ why: 'replay' });
  });

  it('accepts answers without qop by default, refuses them when told to', () => {
    const old = verifier({ qop: 'none' });
    const challenge = old.server.challenge(REALM);
    expect(challenge[0]).not.toContain('qop');
    expect(old.server.verify(request, answer(challenge), REALM, lookup).ok).toBe(true);

    const strict = verifier({ acceptWithoutQop: false });
    const withoutQop = strict.server.challenge(REALM).map((value) => value.replace(', qop="auth"', ''));
    expect(strict.server.verify(request, answer(withoutQop), REALM, lookup)).toMatchObject({ why: 'malformed' });
  });

  it('lets an answer without qop pass once: who has seen it on the wire cannot call with it', () => {
    const { server } = verifier();
    const withoutQop = answer(server.challenge(REALM).map((value) => value.replace(', qop="auth"', '')));
    expect(server.verify(request, withoutQop, REALM, lookup).ok).toBe(true);
    expect(server.verify({ ...request, uri: 'sip:0044900123@example.org' }, withoutQop, REALM, lookup)).toMatchObject({ why: 'replay' });
  });

  it('reads username*, refuses it beside username', () => {
    const { server } = verifier();
    const plain = answer(server.challenge(REALM));
    const extended = plain.replace('username="1001"', "username*=UTF-8''%31001");
    expect(server.verify(request, extended, REALM, lookup).ok).toBe(true);
    expect(server.verify(request, `${extended}, username="1002"`, REALM, lookup)).toMatchObject({ why: 'malformed' });
  });

  it.each([
    ['an algorithm not offered', (v: string) => v.replace('algorithm=SHA-256', 'algorithm=MD5-sess')],
    ['a qop not offered', (v: string) => v.replace('qop=auth', 'qop=auth-int')],
    ['a bad nonce count', (v: string) => v.replace('nc=00000001', 'nc=1')],
    ['no response', (v: string) => v.replace(/response="[^"]*", /, '')],
    ['a broken line', (v: string) => `${v}, opaque="`],
  ])('calls %s malformed', (_, change) => {
    const { server } = verifier();
    expect(server.verify(request, change(answer(server.challenge(REALM))), REALM, lookup)).toMatchObject({ why: 'malformed' });
  });

  it('survives a response of other letters', () => {
    const { server } = verifier();
    const credentials = answer(server.challenge(REALM)).replace(/response="./, 'response="\u00e9');
    expect(server.verify(request, credentials, REALM, lookup)).toMatchObject({ why: 'wrong' });
  });
});

describe('answerChallenge', () => {
  it('answers a 407 with Proxy-Authorization, echoing opaque', () => {
    const challenge = 'Digest realm="gw", nonce="n", opaque="o p", qop="auth,auth-int"';
    const answered = answerChallenge(asChallenge([challenge], 407), { username: 'u', password: 'p' }, request)!;
    expect(answered).toMatchObject({ name: 'Proxy-Authorization', realm: 'gw', stale: false });
    const fields = parseDigest(answered.value)!;
    expect(fields.get('opaque')).toBe('o p');
    expect(fields.get('qop')).toBe('auth');
    expect(fields.has('algorithm')).toBe(false);
    const qop = { qop: 'auth', nc: '00000001', cnonce: fields.get('cnonce')! };
    const expected = digestResponse({ algorithm: 'MD5', ha1: ha1('MD5', 'u', 'gw', 'p'), ...request, nonce: 'n', qop });
    expect(fields.get('response')).toBe(expected);
  });

  it('prefers SHA-256 whatever the order, and passes over what it does not know', () => {
    const values = [
      'Digest realm="r", nonce="1", algorithm=MD5',
      'Digest realm="r", nonce="2", algorithm=SHA-512-256',
      'Digest realm="r", nonce="3", algorithm=SHA-256',
    ];
    expect(parseDigest(answerChallenge(asChallenge(values), { username: 'u', password: 'p' }, request)!.value)!.get('nonce')).toBe('3');
    expect(answerChallenge(asChallenge([values[1]!]), { username: 'u', password: 'p' }, request)).toBeUndefined();
    expect(answerChallenge(asChallenge(['Basic realm="x"']), { username: 'u', password: 'p' }, request)).toBeUndefined();
  });

  it('uses a stored HA1 only for its algorithm', () => {
    const values = ['Digest realm="r", nonce="3", algorithm=SHA-256', 'Digest realm="r", nonce="1", algorithm=MD5'];
    const answered = answerChallenge(asChallenge(values), { username: 'u', ha1: { md5: ha1('MD5', 'u', 'r', 'p') } }, request)!;
    expect(parseDigest(answered.value)!.get('nonce')).toBe('1');
  });

  it('answers MD5-sess', () => {
    const answered = answerChallenge(
      asChallenge(['Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth"']),
      { username: 'u', password: 'p' },
      request,
    )!;
    const fields = parseDigest(answered.value)!;
    expect(fields.get('algorithm')).toBe('MD5-sess');
    expect(fields.get('response')).toMatch(/^[0-9a-f]{32}$/);
  });
});
