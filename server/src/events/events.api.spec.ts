import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { EventsService } from './events.service.ts';

let house: TestApp;
let admin: TestClient;
let port: number;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  await house.app.listen(0, '127.0.0.1');
  port = (house.app.getHttpServer().address() as AddressInfo).port;
});

afterAll(() => house.stop());

interface Stream {
  response: IncomingMessage;
  text(): string;
  topics(): string[];
  lastId(): string;
  close(): void;
}

function open(cookie: string | undefined, lastId?: string, at = port): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const headers = { ...(cookie && { cookie }), ...(lastId && { 'last-event-id': lastId }) };
    const request = get({ port: at, host: '127.0.0.1', path: '/api/v1/events', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => undefined);
      resolve({
        response,
        text: () => text,
        topics: () => [...text.matchAll(/^event: (.*)$/gm)].map((match) => match[1] as string),
        lastId: () => [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] as string,
        close: () => request.destroy(),
      });
    });
    request.on('error', reject);
  });
}

describe('GET /events', () => {
  it('wants a login', async () => {
    const stream = await open(undefined);
    expect(stream.response.statusCode).toBe(401);
    stream.close();
  });

  it('streams news of a subscriber to him and to administrators, and replays what was missed', async () => {
    const { body } = await admin.post('/subscribers', { number: '1001', sipPassword: 'a-password-of-ana' });
    const ana = house.visitor();
    await ana.post('/session', { login: '1001', password: 'a-password-of-ana' });
    const his = await open(ana.cookie);
    const mine = await open(admin.cookie);
    expect(his.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    await expect.poll(() => his.topics()).toEqual(['hello']);
    await admin.patch(`/subscribers/${body.subscriber.id}`, { displayName: 'Ana' });
    await expect.poll(() => his.topics()).toEqual(['hello', 'subscribers.changed']);
    await expect.poll(() => mine.topics()).toContain('subscribers.changed');

    const lastId = his.lastId();
    his.close();
    await admin.post('/gateways', { name: 'G', host: '192.0.2.1', prefix: '00', probe: false });
    await new Promise((resolve) => setTimeout(resolve, 700));
    await admin.patch(`/subscribers/${body.subscriber.id}`, { displayName: 'Anna' });
    const again = await open(ana.cookie, lastId);
    await expect.poll(() => again.topics()).toEqual(['hello', 'subscribers.changed']);
    await expect.poll(() => mine.topics()).toContain('gateways.changed');
    again.close();
    mine.close();
    const foreign = await open(admin.cookie, 'deadbeef-12');
    await expect.poll(() => foreign.topics()).toEqual(['resync']);
    foreign.close();
    await expect.poll(() => house.app.get(EventsService).listeners).toBe(0);
  });

  it('serves many listeners and limits how many one person opens', async () => {
    const streams = await Promise.all(Array.from({ length: 30 }, () => open(admin.cookie)));
    expect(streams.every((stream) => stream.response.statusCode === 200)).toBe(true);
    const refused = await open(admin.cookie);
    expect(refused.response.statusCode).toBe(429);
    house.app.get(EventsService).publish('job.changed', { name: 'x' });
    for (const stream of streams) await expect.poll(() => stream.topics()).toContain('job.changed');
    for (const stream of [...streams, refused]) stream.close();
  });

  it('does not keep the server from stopping', async () => {
    const other = await startTestApp();
    const client = await other.admin();
    await other.app.listen(0, '127.0.0.1');
    const stream = await open(client.cookie, undefined, (other.app.getHttpServer().address() as AddressInfo).port);
    await expect.poll(() => stream.topics()).toEqual(['hello']);
    const ended = new Promise((resolve) => stream.response.on('close', resolve));
    await other.stop();
    await ended;
  });
});
