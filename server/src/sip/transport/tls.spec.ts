import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect, createServer, getCACertificates, type PeerCertificate, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { certificateAuthority, type TestAuthority } from '../../tls/testing.ts';
import { createRequest, createResponse, type SipRequest, type SipResponse, SipUri } from '../message/index.ts';
import {
  type Endpoint,
  ServerLocator,
  type Source,
  type Target,
  type TlsIdentity,
  TransportLayer,
  type TransportOptions,
} from './index.ts';
import { checkSipIdentity } from './tls.ts';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});
const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 3_000, interval: 5 });

let authority: TestAuthority;
let ours: TlsIdentity;
beforeAll(async () => {
  authority = await certificateAuthority();
  ours = await authority.issue(['dialtone.test', '127.0.0.1']);
});

const options = (via = 'SIP/2.0/TLS phone.example.com;branch=z9hG4bK1', extra: [string, string][] = []) =>
  createRequest('OPTIONS', 'sips:bob@dialtone.test', [
    ['Via', via],
    ['Max-Forwards', '70'],
    ['From', '<sip:alice@example.com>;tag=1'],
    ['To', '<sip:bob@dialtone.test>'],
    ['Call-ID', 'c1'],
    ['CSeq', '1 OPTIONS'],
    ...extra,
  ]);

async function layer(o: Partial<TransportOptions> & { verifies?: (target: Target) => boolean } = {}) {
  const listeners = new Set<() => void>();
  let identity = ours;
  const transport = new TransportLayer({
    listeners: [{ protocol: 'tls', address: '127.0.0.1', port: 0 }],
    tls: {
      identity: () => identity,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      verifies: o.verifies ?? (() => true),
    },
    ...o,
  });
  const got: { message: SipRequest | SipResponse; source: Source }[] = [];
  transport.onMessage = (message, source) => got.push({ message, source });
  const [local] = (await transport.start()) as [Endpoint];
  cleanup.push(() => transport.stop());
  const show = (next: TlsIdentity) => {
    identity = next;
    for (const listener of listeners) listener();
  };
  return { transport, got, local, show };
}

async function phone(to: Endpoint) {
  const socket = connect({ host: to.address, port: to.port, ca: authority.cert, servername: 'dialtone.test' });
  const state = { socket, text: '', closed: false };
  socket.on('data', (bytes) => {
    state.text += bytes.toString();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    state.closed = true;
  });
  cleanup.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return state;
}

/** A server of somebody else, with this certificate. */
async function carrier(identity: TlsIdentity) {
  const got: string[] = [];
  const sockets: TLSSocket[] = [];
  const server = createServer({ ...identity }, (socket) => {
    sockets.push(socket);
    socket.on('data', (bytes) => got.push(bytes.toString()));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const target: Target = {
    protocol: 'tls',
    address: '127.0.0.1',
    port: typeof address === 'object' && address ? address.port : 0,
    serverName: 'carrier.example',
  };
  return { got, sockets, target };
}

const send = (transport: TransportLayer, target: Target): Promise<string> =>
  new Promise((resolve) => {
    transport.sendRequest(options(), target, (error) => resolve(error.message));
    setTimeout(resolve, 1_000, 'sent');
  });

describe('SIP over TLS, called', () => {
  it('takes messages and answers on the same connection, and says TLS in its Via', async () => {
    const { transport, got, local } = await layer();
    const peer = await phone(local);
    peer.socket.write(options().toBuffer());
    await until(() => got.length === 1);
    const { message, source } = got[0]!;
    expect([source.protocol, source.local.port, message.topVia?.protocol]).toEqual(['tls', local.port, 'TLS']);
    transport.sendResponse(createResponse(message as SipRequest, 200, 'OK', { toTag: 't' }), source);
    await until(() => peer.text.startsWith('SIP/2.0 200 OK'));
    transport.sendRequest(options(), { ...source.flow.remote, flow: source.flow });
    await until(() => peer.text.includes(`Via: SIP/2.0/TLS 127.0.0.1:${local.port}`));
    expect(transport.stats.connections).toBe(1);
  });

  it('shows a new certificate to those who come later, and keeps those who are there', async () => {
    const { got, local, show } = await layer();
    const early = await phone(local);
    const next = await authority.issue(['dialtone.test']);
    show(next);
    const late = await phone(local);
    expect(late.socket.getPeerCertificate().fingerprint256).not.toBe(early.socket.getPeerCertificate().fingerprint256);
    early.socket.write(options().toBuffer());
    await until(() => got.length === 1);
  });

  it('turns away who speaks no TLS, and goes on', async () => {
    const { got, local } = await layer();
    const plain = connectPlain(local.port, local.address);
    plain.on('error', () => undefined);
    const closed = once(plain, 'close');
    plain.write(options().toBuffer());
    await closed;
    const peer = await phone(local);
    peer.socket.write(options().toBuffer());
    await until(() => got.length === 1);
  });

  it('hears nothing of a banned address, and hangs up on one that was heard', async () => {
    const banned = new Set<string>();
    const { transport, local } = await layer({ isBanned: (address) => banned.has(address) });
    const peer = await phone(local);
    await until(() => transport.stats.connections === 1);
    banned.add('127.0.0.1');
    transport.dropBanned();
    await until(() => peer.closed);
    await expect(phone(local)).rejects.toThrow();
    expect(transport.stats.banned).toBe(1);
  });
});

describe('SIP over TLS, calling', () => {
  it('sends to whom has proved to be the one, over one connection', async () => {
    const server = await carrier(await authority.issue(['carrier.example']));
    trust(authority);
    const { transport } = await layer();
    expect(await send(transport, server.target)).toBe('sent');
    expect(await send(transport, server.target)).toBe('sent');
    expect(server.got.join('')).toContain('OPTIONS sips:bob@dialtone.test SIP/2.0');
    expect(server.sockets).toHaveLength(1);
  });

  it('sends nothing to another, and says why', async () => {
    trust(authority);
    const other = await carrier(await authority.issue(['another.example']));
    const { transport } = await layer();
    expect(await send(transport, other.target)).toBe('TLS: the certificate of carrier.example is for other names');
    expect(other.got).toEqual([]);
    const stranger = await carrier(await (await certificateAuthority()).issue(['carrier.example']));
    expect(await send(transport, stranger.target)).toMatch(/^TLS: the certificate of carrier\.example comes without its chain/);
    const old = await carrier(await authority.issue(['carrier.example'], { notAfter: Date.now() - 60_000 }));
    expect(await send(transport, old.target)).toBe('TLS: the certificate of carrier.example has expired');
    expect(await send(transport, { ...old.target, port: 1 })).toBe('TLS: nobody listens at 127.0.0.1 port 1');
  });

  it('asks for no proof where it was told so, and keeps the two kinds apart', async () => {
    const server = await carrier(await (await certificateAuthority()).issue(['whoever.example']));
    let verify = false;
    const { transport } = await layer({ verifies: () => verify });
    expect(await send(transport, server.target)).toBe('sent');
    expect(server.got).toHaveLength(1);
    verify = true;
    expect(await send(transport, server.target)).toMatch(/^TLS: the certificate/);
  });

  it('gives up on a server that never ends its handshake', async () => {
    const { createServer: createPlain } = await import('node:net');
    const mute = createPlain();
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    cleanup.push(() => mute.close());
    const address = mute.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { transport } = await layer({ streamLimits: { connectMs: 200 } });
    const fault = await new Promise<string>((resolve) =>
      transport.sendRequest(options(), { protocol: 'tls', address: '127.0.0.1', port }, (error) => resolve(error.message)),
    );
    expect(fault).toContain('no connection in time');
  });
});

describe('identity of a SIP server (RFC 5922)', () => {
  const named = (subjectaltname: string) => ({ subjectaltname, subject: { CN: 'x' } }) as PeerCertificate;

  it('is what its sip URIs say, where it has any', () => {
    expect(checkSipIdentity('example.org', named('DNS:other.example, URI:sip:example.org'))).toBeUndefined();
    expect(checkSipIdentity('other.example', named('DNS:other.example, URI:sip:example.org'))?.message).toBe('it stands for example.org');
  });

  it('else its names and addresses', () => {
    expect(checkSipIdentity('example.org', named('DNS:example.org'))).toBeUndefined();
    expect(checkSipIdentity('192.0.2.1', named('IP Address:192.0.2.1'))).toBeUndefined();
    expect(checkSipIdentity('example.org', named('DNS:example.net'))).toBeDefined();
  });
});

describe('the way to a sips URI', () => {
  const resolver = {
    naptr: async () => ({ records: [], ttl: 60 }),
    srv: async (name: string) => ({
      records: name === '_sips._tcp.example.org' ? [{ name: 'edge.example.net', port: 5071, priority: 1, weight: 1 }] : [],
      ttl: 60,
    }),
    addresses: async () => ({ records: [{ family: 4 as const, address: '192.0.2.9' }], ttl: 60 }),
  };
  const locator = new ServerLocator(resolver, { protocols: ['udp', 'tcp', 'tls'] });

  it('is TLS, to whoever DNS names, who must prove to be the host of the URI', async () => {
    const target = { protocol: 'tls', address: '192.0.2.9', port: 5071, serverName: 'example.org' };
    expect(await locator.locate(SipUri.parse('sips:bob@example.org'))).toEqual([target]);
    expect(await locator.locate(SipUri.parse('sip:bob@example.org;transport=tls'))).toEqual([target]);
    expect(locator.locateNow(SipUri.parse('sip:bob@192.0.2.1;transport=tls'))).toEqual({
      protocol: 'tls',
      address: '192.0.2.1',
      port: 5061,
      serverName: '192.0.2.1',
    });
  });

  it('is not TLS for a sip URI that names no transport', async () => {
    expect((await locator.locate(SipUri.parse('sip:bob@example.org')))[0]?.protocol).toBe('udp');
  });
});

/** As if the operator had added it to the authorities this machine trusts. */
function trust({ cert }: TestAuthority): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, cert]);
  cleanup.push(() => setDefaultCACertificates(before));
}
