import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRequest, createResponse, type SipRequest, type SipResponse } from '../message/index.ts';
import { type Endpoint, type Source, TransportLayer, type TransportOptions } from './index.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === '::1'));
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

type Got = { message: SipRequest | SipResponse; source: Source };

async function layer(options: Partial<TransportOptions> = {}) {
  const transport = new TransportLayer({
    listeners: [
      { protocol: 'udp', address: '127.0.0.1', port: 0 },
      { protocol: 'tcp', address: '127.0.0.1', port: 0 },
    ],
    ...options,
  });
  const got: Got[] = [];
  const bad: string[] = [];
  transport.onMessage = (message, source) => got.push({ message, source });
  transport.onBadRequest = (request, status, reason, source) => {
    bad.push(`${status} ${reason}`);
    transport.sendResponse(createResponse(request, status, reason, { toTag: 't' }), source);
  };
  const endpoints = await transport.start();
  cleanup.push(() => transport.stop());
  const [udp, tcp] = endpoints as [Endpoint, Endpoint];
  return { transport, got, bad, endpoints, udp, tcp };
}

async function udpPeer(address = '127.0.0.1') {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const got: string[] = [];
  socket.on('message', (bytes) => got.push(bytes.toString()));
  socket.bind(0, address);
  await once(socket, 'listening');
  cleanup.push(() => socket.close());
  return { got, port: socket.address().port, send: (bytes: string | Buffer, to: Endpoint) => socket.send(bytes, to.port, to.address) };
}

async function tcpPeer(to: Endpoint) {
  const socket = connect(to.port, to.address);
  await once(socket, 'connect');
  return watch(socket);
}

function watch(socket: Socket) {
  const peer = { socket, text: '', closed: false };
  socket.on('data', (bytes) => {
    peer.text += bytes.toString();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    peer.closed = true;
  });
  cleanup.push(() => socket.destroy());
  return peer;
}

const options = (via: string, extra: [string, string][] = [], method = 'OPTIONS') =>
  createRequest(method, 'sip:bob@example.net', [
    ['Via', via],
    ['Max-Forwards', '70'],
    ['From', '<sip:alice@example.com>;tag=1'],
    ['To', '<sip:bob@example.net>'],
    ['Call-ID', 'c1'],
    ['CSeq', `1 ${method}`],
    ...extra,
  ]);
const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 3_000, interval: 5 });

describe('UDP', () => {
  it('writes received and rport and answers to the port it came from', async () => {
    const { transport, got, udp } = await layer();
    const peer = await udpPeer();
    peer.send(options('SIP/2.0/UDP 10.9.8.7:5060;rport;branch=z9hG4bK1').toBuffer(), udp);
    await until(() => got.length);
    const { message, source } = got[0]!;
    expect(message.get('Via')).toBe(`SIP/2.0/UDP 10.9.8.7:5060;rport=${peer.port};branch=z9hG4bK1;received=127.0.0.1`);
    expect([source.address, source.port, source.local]).toEqual(['127.0.0.1', peer.port, udp]);
    expect(message.source).toBe(source);
    transport.sendResponse(createResponse(message as SipRequest, 200), source);
    await until(() => peer.got.length);
    expect(peer.got[0]).toMatch(/^SIP\/2\.0 200 OK\r\n/);
  });

  it('answers to the port of the Via when rport was not asked for', async () => {
    const { transport, got, udp } = await layer();
    const peer = await udpPeer();
    const listening = await udpPeer();
    peer.send(options(`SIP/2.0/UDP phone.example.com:${listening.port};branch=z9hG4bK1`).toBuffer(), udp);
    await until(() => got.length);
    expect(got[0]!.message.topVia?.received).toBe('127.0.0.1');
    transport.sendResponse(createResponse(got[0]!.message as SipRequest, 200), got[0]!.source);
    await until(() => listening.got.length);
    expect(peer.got).toEqual([]);
  });

  it('leaves the Via alone when it says the truth, and replaces a forged received', async () => {
    const { got, udp } = await layer();
    const peer = await udpPeer();
    peer.send(options('SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1').toBuffer(), udp);
    peer.send(options('SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK2;received=203.0.113.1;rport=1').toBuffer(), udp);
    await until(() => got.length === 2);
    expect(got.map(({ message }) => message.get('Via'))).toEqual([
      'SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1',
      `SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK2;received=127.0.0.1;rport=${peer.port}`,
    ]);
  });

  it('names the listener in the topmost Via of what it sends', async () => {
    const { transport, udp } = await layer();
    const peer = await udpPeer();
    const request = options('SIP/2.0/TCP placeholder;branch=z9hG4bK1;rport');
    transport.sendRequest(request, { protocol: 'udp', address: '127.0.0.1', port: peer.port });
    await until(() => peer.got.length);
    expect(peer.got[0]).toContain(`\r\nVia: SIP/2.0/UDP 127.0.0.1:${udp.port};branch=z9hG4bK1;rport\r\n`);
    expect(transport.viaFor({ protocol: 'udp', address: '127.0.0.1', port: 9 }).sentBy).toBe(`127.0.0.1:${udp.port}`);
    await until(() => transport.stats.sent === 1);
  });

  it('answers what is wrong and drops what is not SIP', async () => {
    const { transport, got, bad, udp } = await layer({ maxDatagram: 1_500 });
    const peer = await udpPeer();
    const via = `SIP/2.0/UDP 127.0.0.1:${peer.port};branch=z9hG4bK1`;
    peer.send(options(via).toString().replace('1 OPTIONS', 'x OPTIONS'), udp);
    peer.send(options(via).toString().replace('sip:bob@example.net SIP/2.0', 'sip:bob@example.net SIP/3.0'), udp);
    peer.send(options(via, [['X-Long', 'x'.repeat(1_500)]]).toBuffer(), udp);
    // An ACK is never answered, and neither is a request without a readable Via.
    peer.send(options(via, [], 'ACK').toString().replace('1 ACK', 'x ACK'), udp);
    peer.send(options('nonsense').toBuffer(), udp);
    for (const junk of ['hello', 'x'.repeat(900), 'SIP/2.0 200 OK\r\n\r\n', Buffer.alloc(64, 7)]) peer.send(junk, udp);
    for (const ping of ['\r\n\r\n', '\0']) peer.send(ping, udp);
    await until(() => transport.stats.keepAlives === 2 && peer.got.length === 3);
    expect(bad).toEqual(['400 Bad CSeq: bad CSeq', '505 Version Not Supported', '513 Message Too Large']);
    expect(peer.got.map((text) => text.slice(8, 11))).toEqual(['400', '505', '513']);
    expect(transport.stats).toMatchObject({ received: 0, badRequest: 3, oversize: 1, garbage: 5, keepAlives: 2, faults: 0 });
    expect(got).toEqual([]);
  });

  it('goes on after its user failed on a message', async () => {
    const log = vi.fn();
    const { transport, udp } = await layer({ log });
    transport.onMessage = () => {
      throw new Error('fault in a test');
    };
    const peer = await udpPeer();
    peer.send(options('SIP/2.0/UDP h;branch=z9hG4bK1').toBuffer(), udp);
    await until(() => transport.stats.faults === 1);
    expect(log).toHaveBeenCalledOnce();
  });

  it('carries a message of 60 kB', async () => {
    const { got, udp } = await layer();
    const peer = await udpPeer();
    const request = options('SIP/2.0/UDP h;branch=z9hG4bK1');
    request.setBody('x'.repeat(60_000), 'text/plain');
    peer.send(request.toBuffer(), udp);
    await until(() => got.length);
    expect(got[0]!.message.body).toHaveLength(60_000);
  });

  it('reports what cannot be sent, later and not at once', async () => {
    const { transport, got, udp } = await layer();
    const errors: string[] = [];
    const onError = (error: Error) => errors.push(error.message);
    const request = options('SIP/2.0/UDP h;branch=z9hG4bK1');
    transport.sendRequest(request, { protocol: 'udp', address: '127.0.0.1', port: 0 }, onError);
    transport.sendRequest(request, { protocol: 'udp', address: '::1', port: 5060 }, onError);
    transport.sendRequest(request, { protocol: 'tls', address: '127.0.0.1', port: 5061 }, onError);
    const large = options('SIP/2.0/UDP h;branch=z9hG4bK1');
    large.setBody(Buffer.alloc(70_000), 'text/plain');
    transport.sendRequest(large, { protocol: 'udp', address: '127.0.0.1', port: 9 }, onError);
    expect(errors).toEqual([]);
    await until(() => errors.length === 4);
    expect(errors.sort()).toEqual([
      'nothing to send tls to 127.0.0.1 from',
      'nothing to send udp to ::1 from',
      'port 0 cannot be sent to',
      'send EMSGSIZE 127.0.0.1:9',
    ]);
    // A Via with port 0 must not make us throw either.
    const peer = await udpPeer();
    peer.send(options('SIP/2.0/UDP h:0;branch=z9hG4bK1').toBuffer(), udp);
    await until(() => got.length);
    transport.sendResponse(createResponse(got[0]!.message as SipRequest, 200), got[0]!.source, onError);
    await until(() => errors.length === 5);
    await transport.stop();
    transport.sendResponse(createResponse(got[0]!.message as SipRequest, 200), got[0]!.source, onError);
    await until(() => errors.length === 6);
  });

  it.runIf(hasIpv6)('speaks IPv6 beside IPv4 on the same port', async () => {
    const first = await layer({ listeners: [{ protocol: 'udp', address: '0.0.0.0', port: 0 }] });
    const port = first.udp.port;
    const { transport, got, udp } = await layer({ listeners: [{ protocol: 'udp', address: '::', port }] });
    const peer = await udpPeer('::1');
    peer.send(options('SIP/2.0/UDP [2001:db8::1];rport;branch=z9hG4bK1').toBuffer(), { ...udp, address: '::1' });
    await until(() => got.length);
    expect(got[0]!.message.get('Via')).toBe(`SIP/2.0/UDP [2001:db8::1];rport=${peer.port};branch=z9hG4bK1;received=::1`);
    transport.sendResponse(createResponse(got[0]!.message as SipRequest, 200), got[0]!.source);
    await until(() => peer.got.length);
    expect(transport.viaFor({ protocol: 'udp', address: '::1', port: 9 }).sentBy).toBe(`[::1]:${port}`);
  });
});

describe('addresses', () => {
  it('shows the advertised address apart from the bound one', async () => {
    const { transport, udp } = await layer({ advertisedAddress: 'sip.example.com' });
    expect(transport.viaFor({ protocol: 'udp', address: '127.0.0.1', port: 5060 })).toEqual({
      protocol: 'UDP',
      sentBy: `sip.example.com:${udp.port}`,
      host: 'sip.example.com',
      port: udp.port,
    });
    expect([
      transport.ownAddress('SIP.example.com', udp.port),
      transport.ownAddress('127.0.0.1'),
      transport.ownAddress('192.0.2.1'),
    ]).toEqual([true, true, false]);
    expect(transport.ownAddress('127.0.0.1', 1)).toBe(false);
  });

  it('shows a peer in our own network the address he can reach', async () => {
    const { transport, udp } = await layer({
      listeners: [{ protocol: 'udp', address: '0.0.0.0', port: 0 }],
      advertisedAddress: '203.0.113.5,2001:db8::5',
    });
    const sentBy = (address: string) => transport.viaFor({ protocol: 'udp', address, port: 5060 }).sentBy;
    expect([sentBy('127.0.0.1'), sentBy('198.51.100.77')]).toEqual([`127.0.0.1:${udp.port}`, `203.0.113.5:${udp.port}`]);
    expect([transport.ownAddress('127.0.0.1'), transport.ownAddress('203.0.113.5')]).toEqual([true, true]);
  });

  it('sends from the listener that was hinted at', async () => {
    const { transport, endpoints } = await layer({
      listeners: [
        { protocol: 'udp', address: '127.0.0.1', port: 0 },
        { protocol: 'udp', address: '127.0.0.1', port: 0 },
      ],
    });
    for (const localHint of endpoints)
      expect(transport.viaFor({ protocol: 'udp', address: '127.0.0.1', port: 9, localHint }).port).toBe(localHint.port);
  });

  it('says which listener cannot be opened, and closes the others', async () => {
    const { udp } = await layer();
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const second = new TransportLayer({
      listeners: [
        { protocol: 'tcp', address: '127.0.0.1', port },
        { protocol: 'udp', address: '127.0.0.1', port: udp.port },
      ],
    });
    await expect(second.start()).rejects.toThrow(`cannot listen on udp:127.0.0.1:${udp.port}`);
    const again = await layer({ listeners: [{ protocol: 'tcp', address: '127.0.0.1', port }] });
    expect(again.endpoints[0]!.port).toBe(port);
  });

  it('O-151: answers where it was asked from, of those it is told to, although they did not ask for that', async () => {
    const { transport, got, udp } = await layer({ forcesRport: (request) => request.topVia?.host === '192.168.1.5' });
    const peer = await udpPeer();
    for (const host of ['192.168.1.5', 'proxy.example.net']) peer.send(options(`SIP/2.0/UDP ${host}:5999;branch=z9hG4bK1`).toBuffer(), udp);
    await until(() => got.length === 2);
    expect(got.map(({ message }) => message.topVia?.rport)).toEqual([peer.port, undefined]);
    for (const { message, source } of got) transport.sendResponse(createResponse(message as SipRequest, 200), source);
    await until(() => peer.got.length === 1);
    expect(peer.got[0]).toContain('192.168.1.5:5999');
  });

  it('RFC 5626 4.4.2: answers STUN on the port of SIP, and counts it as a keep-alive', async () => {
    const { transport, got, udp } = await layer({ stun: (bytes, _, port) => Buffer.from(`${bytes.length} from ${port}`) });
    const peer = await udpPeer();
    peer.send(Buffer.from('000100002112a442000102030405060708090a0b', 'hex'), udp);
    await until(() => peer.got.length === 1);
    expect(peer.got).toEqual([`20 from ${peer.port}`]);
    expect(transport.stats.keepAlives).toBe(1);
    expect(got).toEqual([]);
  });
});

describe('TCP', () => {
  it('answers on the connection a request came on', async () => {
    const { transport, got, tcp } = await layer();
    const peer = await tcpPeer(tcp);
    const bytes = options('SIP/2.0/TCP 10.9.8.7;rport;branch=z9hG4bK1').toBuffer();
    // Two requests in three segments.
    peer.socket.write(bytes.subarray(0, 40));
    await new Promise((resolve) => setTimeout(resolve, 20));
    peer.socket.write(Buffer.concat([bytes.subarray(40), bytes.subarray(0, 50)]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    peer.socket.write(bytes.subarray(50));
    await until(() => got.length === 2);
    expect(got[0]!.message.topVia?.rport).toBe(peer.socket.localPort);
    for (const { message, source } of got) transport.sendResponse(createResponse(message as SipRequest, 200), source);
    await until(() => peer.text.split('SIP/2.0 200 OK').length === 3);
    peer.socket.write('\r\n\r\n');
    await until(() => peer.text.endsWith('\r\n\r\n\r\n'));
    expect(transport.stats).toMatchObject({ connections: 1, keepAlives: 1, received: 2 });
  });

  it('uses one connection for all messages to a peer, whoever opened it', async () => {
    const a = await layer();
    const b = await layer();
    const target = { protocol: 'tcp' as const, address: '127.0.0.1', port: b.tcp.port };
    for (let i = 0; i < 3; i++) a.transport.sendRequest(options('SIP/2.0/UDP x;branch=z9hG4bK1'), target);
    await until(() => b.got.length === 3);
    expect(b.got[0]!.message.get('Via')).toBe(`SIP/2.0/TCP 127.0.0.1:${a.tcp.port};branch=z9hG4bK1`);
    const { source } = b.got[0]!;
    b.transport.sendRequest(options('SIP/2.0/TCP x;branch=z9hG4bK2'), { protocol: 'tcp', address: source.address, port: source.port });
    b.transport.sendRequest(options('SIP/2.0/TCP x;branch=z9hG4bK3'), { ...source, port: 1, flow: source.flow });
    await until(() => a.got.length === 2);
    expect(a.got[0]!.message.get('Via')).toBe(`SIP/2.0/TCP 127.0.0.1:${b.tcp.port};branch=z9hG4bK2`);
    expect([a.transport.stats.connections, b.transport.stats.connections]).toEqual([1, 1]);
  });

  it('connects back for a response when the connection is gone', async () => {
    const { transport, got, tcp } = await layer();
    const peer = await tcpPeer(tcp);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.push(() => server.close());
    const { port } = server.address() as { port: number };
    peer.socket.write(options(`SIP/2.0/TCP 127.0.0.1:${port};branch=z9hG4bK1`).toBuffer());
    await until(() => got.length);
    peer.socket.destroy();
    await until(() => transport.stats.connections === 0);
    const accepted = once(server, 'connection');
    transport.sendResponse(createResponse(got[0]!.message as SipRequest, 200), got[0]!.source);
    const back = watch((await accepted)[0] as Socket);
    await until(() => back.text.startsWith('SIP/2.0 200 OK'));
  });

  it.each([
    ['garbage', () => 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', ''],
    [
      'a Content-Length beyond the limit',
      () => options('SIP/2.0/TCP h;branch=z9hG4bK1').toString().replace('Length: 0', 'Length: 70000'),
      '513',
    ],
    ['a broken request', () => options('SIP/2.0/TCP h;branch=z9hG4bK1').toString().replace('1 OPTIONS', '1'), '400'],
  ])('closes after %s', async (_name, text, status) => {
    const { transport, tcp, got } = await layer();
    const peer = await tcpPeer(tcp);
    peer.socket.write(text());
    await until(() => peer.closed);
    expect(peer.text.slice(8, 11)).toBe(status);
    expect(transport.stats.garbage).toBe(status === '' ? 1 : 0);
    expect(got).toEqual([]);
    await until(() => transport.stats.connections === 0);
  });

  it('reports a peer that cannot be reached', async () => {
    const { transport } = await layer();
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const errors: Error[] = [];
    for (let i = 0; i < 2; i++)
      transport.sendRequest(options('SIP/2.0/TCP h;branch=z9hG4bK1'), { protocol: 'tcp', address: '127.0.0.1', port }, (error) =>
        errors.push(error),
      );
    await until(() => errors.length === 2);
    expect(transport.stats).toMatchObject({ connections: 0, sendErrors: 2, sent: 0 });
  });

  it('bounds the number of connections', async () => {
    const { transport, tcp } = await layer({ streamLimits: { maxPerAddress: 2 } });
    const peers = [await tcpPeer(tcp), await tcpPeer(tcp), await tcpPeer(tcp)];
    await until(() => peers[2]!.closed);
    expect([peers[0]!.closed, peers[1]!.closed, transport.stats.refused, transport.stats.connections]).toEqual([false, false, 1, 2]);
    const errors: Error[] = [];
    transport.sendRequest(options('SIP/2.0/TCP h;branch=z9hG4bK1'), { protocol: 'tcp', address: '127.0.0.1', port: 9 }, (error) =>
      errors.push(error),
    );
    await until(() => errors.length);
    peers[0]!.socket.destroy();
    await until(() => transport.stats.connections === 1);
  });

  it('cuts off a peer who does not read', async () => {
    const { transport, got, tcp } = await layer({ streamLimits: { maxUnsentBytes: 200_000 } });
    const peer = await tcpPeer(tcp);
    peer.socket.write(options('SIP/2.0/TCP h;branch=z9hG4bK1').toBuffer());
    await until(() => got.length);
    peer.socket.pause();
    const errors: string[] = [];
    const { flow } = got[0]!.source;
    for (let i = 0; i < 500 && flow.alive; i++) {
      flow.send(Buffer.alloc(50_000), (error) => errors.push(error.message));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => transport.stats.connections === 0);
    expect(errors).toContain('the peer does not read');
  });

  it.each([
    ['says nothing', { firstMessageMs: 50 }, ''],
    ['never finishes a message', { messageMs: 50 }, 'OPTIONS sip:'],
    ['was silent for too long', { idleMs: 50 }, options('SIP/2.0/TCP h;branch=z9hG4bK1').toString()],
  ])('closes a connection that %s', async (_name, streamLimits, text) => {
    const { transport, tcp } = await layer({ streamLimits });
    const peer = await tcpPeer(tcp);
    if (text !== '') peer.socket.write(text);
    await until(() => peer.closed);
    await until(() => transport.stats.connections === 0);
  });

  it('closes everything when it stops', async () => {
    const { transport, tcp } = await layer();
    const peer = await tcpPeer(tcp);
    await until(() => transport.stats.connections === 1);
    await transport.stop();
    await until(() => peer.closed);
    const late = connect(tcp.port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toThrow('ECONNREFUSED');
  });
});
