import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectQuietBooks } from '../support/money.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, addSubscriber, calling, type Person, registerAt } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';
import { eventually } from '../support/wait.ts';

describe('gateways', () => {
  let server: TestServer;
  let anna: Person;
  let cdrs = 0;
  const added: number[] = [];
  const number = '441234567';
  const add = async (name: string, at: string, fields: object = {}) => {
    const gateway = await addGateway(server, name, at, fields);
    added.push(gateway.id);
    return gateway;
  };
  const call = (more: string[] = ['-d', '200']) =>
    Sipp.run('call', { to: server.sip, patience: 60_000, timeout: 90, ...calling(anna, `00${number}`), more });

  beforeAll(async () => {
    server = await TestServer.start('gateways');
    anna = await addCaller(server, '1001', '5.00');
    await addRate(server, '44', '0.01');
  });
  afterEach(async () => {
    for (const id of added.splice(0)) await server.api.delete(`/gateways/${id}`);
  });
  afterAll(() => server?.stop());

  it.each([503, 408, 500, 603])('the next one is tried when the first says %i, one CDR', async (status) => {
    const first = await Sipp.start('gateway-refuses', { fill: { number, status } });
    const second = await Sipp.start('gateway-answer', { fill: { number } });
    await add('First', first.at, { priority: 1 });
    await add('Second', second.at, { priority: 2 });
    await call();
    await Promise.all([first.finished(), second.finished()]);
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
  });

  it('the next one is tried when the first does not answer at all', async () => {
    const silent = await Sipp.start('gateway-silent', { fill: { number } });
    const second = await Sipp.start('gateway-answer', { fill: { number }, timeout: 90, patience: 60_000 });
    await add('Silent', silent.at, { priority: 1 });
    await add('Second', second.at, { priority: 2 });
    await call();
    await Promise.all([silent.stop(), second.finished()]);
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
  });

  it('busy and unknown are the last word: no other gateway is tried', async () => {
    const first = await Sipp.start('gateway-refuses', { fill: { number, status: 486 } });
    const second = await Sipp.start('gateway-answer', { fill: { number }, mayFail: true });
    await add('First', first.at, { priority: 1 });
    await add('Second', second.at, { priority: 2 });
    await Sipp.run('call-refused', {
      to: server.sip,
      ...calling(anna, `00${number}`),
      fill: { status: 486, words: '486', patience: 8000 },
    });
    await first.finished();
    expect(second.messages).not.toContain('INVITE');
    await second.stop();
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
  });

  it('503 in words when all of them fail', async () => {
    const first = await Sipp.start('gateway-refuses', { fill: { number, status: 503 } });
    await add('First', first.at);
    const fill = { status: 503, words: 'No gateway answered|lines|Service', patience: 8000 };
    await Sipp.run('call-refused', { to: server.sip, ...calling(anna, `00${number}`), fill });
    await first.finished();
    cdrs += 1;
    await expectQuietBooks(server, cdrs);
  });

  it('digits are added where the gateway wants them', async () => {
    const gateway = await Sipp.start('gateway-answer', { fill: { number: `999${number}` } });
    await add('Adds', gateway.at, { strip: 2, add: '999' });
    await call();
    await gateway.finished();
    cdrs += 1;
  });

  it('one that challenges gets the credentials it gave us', async () => {
    const keys = { gateway_user: 'dialtone', gateway_secret: 'carrier-pass' };
    const gateway = await Sipp.start('gateway-challenges', { keys });
    await add('Wants digest', gateway.at, { username: keys.gateway_user, password: keys.gateway_secret });
    await call();
    await gateway.finished();
    cdrs += 1;
  });

  it('one that we register with: REGISTER, challenge, and its light on the screen is on', async () => {
    const keys = { gateway_user: 'dialtone', gateway_secret: 'carrier-pass' };
    const registrar = await Sipp.start('registrar-challenges', { keys });
    const { id } = await add('Wants REGISTER', registrar.at, {
      register: true,
      username: keys.gateway_user,
      password: keys.gateway_secret,
    });
    await registrar.finished();
    await eventually('registered', async () => (await server.api.get(`/gateways/${id}`)).status.registration === 'registered');
  });

  it('its password is never shown', async () => {
    const { id } = await add('Secret', '127.0.0.1:5999', { username: 'u', password: 'carrier-pass' });
    expect(JSON.stringify(await server.api.get(`/gateways/${id}`))).not.toContain('carrier-pass');
  });

  it('probed with OPTIONS: up while it answers, down when it does not', async () => {
    const gateway = await Sipp.start('answer-options', { mayFail: true });
    const up = await add('Alive', gateway.at, { probe: true });
    const down = await add('Dead', `127.0.0.1:${await freePort()}`, { probe: true });
    const state = async (id: number) => (await server.api.get(`/gateways/${id}`)).status.state;
    await eventually('the first is up', async () => (await state(up.id)) === 'up', 20_000);
    await eventually('the second is down', async () => (await state(down.id)) === 'down', 60_000);
    await gateway.stop();
  });

  it('only as many calls at once as it takes', async () => {
    const gateway = await Sipp.start('gateway-answer', { fill: { number } });
    await add('Narrow', gateway.at, { maxCalls: 1 });
    const long = await Sipp.start('call', { to: server.sip, ...calling(anna, `00${number}`), more: ['-d', '3000'] });
    await eventually('the first call talks', async () => (await server.api.get('/active-calls')).items[0]?.state === 'talking');
    const fill = { status: 503, words: '503', patience: 8000 };
    await Sipp.run('call-refused', { to: server.sip, ...calling(anna, `00${number}`), fill });
    await Promise.all([long.finished(), gateway.finished()]);
    cdrs += 2;
    await expectQuietBooks(server, cdrs);
  });

  describe('inbound', () => {
    it('a DID rings its subscriber, without a challenge to the trusted gateway', async () => {
      const bert = await addSubscriber(server, '1002');
      const phone = await Sipp.start('answer');
      await registerAt(server, bert, phone);
      await server.api.post('/numbers', { number: '34911234567', kind: 'did', subscriberId: bert.id });
      const port = await freePort();
      await add('Inbound', `127.0.0.1:${port}`, { sources: [`127.0.0.1:${port}`] });
      for (const [index, dialled] of ['34911234567', '+34911234567'].entries()) {
        const again = index === 0 ? phone : await Sipp.start('answer', { port: phone.port });
        await Sipp.run('gateway-calls', {
          to: server.sip,
          port,
          keys: { domain },
          rows: [['447700900123', '-', dialled]],
          more: ['-d', '200'],
        });
        await again.finished();
      }
      cdrs += 2;
      await expectQuietBooks(server, cdrs);
      const [record] = await server.api.list('/calls?q=34911234567');
      expect(record).toMatchObject({ direction: 'inbound', cost: null });
    });

    it('only as many calls at once as it may have, counted with those that go out: 503 that says why', async () => {
      const carrier = await Sipp.start('gateway-answer', { fill: { number } });
      const outside = await freePort();
      await add('Narrow', carrier.at, { maxCalls: 1, sources: [`127.0.0.1:${outside}`] });
      const long = await Sipp.start('call', { to: server.sip, ...calling(anna, `00${number}`), more: ['-d', '3000'] });
      await eventually('the first call talks', async () => (await server.api.get('/active-calls')).items[0]?.state === 'talking');
      const keys = { domain };
      const rows = [['447700900123', '-', '34911234567']];
      await Sipp.run('gateway-calls-refused', { to: server.sip, port: outside, keys, rows, fill: { status: 503 } });
      await Promise.all([long.finished(), carrier.finished()]);
      cdrs += 2;
      await expectQuietBooks(server, cdrs);
      const [record] = await server.api.list('/calls?status=503&q=34911234567');
      expect(record).toMatchObject({ direction: 'inbound', refusal: 'gateways-busy', reason: 'All lines busy' });
    });

    it('404 for a number nobody has; and a gateway may not call out through us', async () => {
      const port = await freePort();
      await add('Inbound', `127.0.0.1:${port}`, { sources: [`127.0.0.1:${port}`] });
      const keys = { domain };
      const rows = (dialled: string) => [['447700900123', '-', dialled]];
      await Sipp.run('gateway-calls-refused', { to: server.sip, port, keys, rows: rows('34000000000'), fill: { status: 404 } });
      await Sipp.run('gateway-calls-refused', { to: server.sip, port, keys, rows: rows(`00${number}`), fill: { status: 404 } });
      cdrs += 2;
    });
  });
});
