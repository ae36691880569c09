import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Softphone } from '../support/baresip.ts';
import { addSubscriber, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { amplitude } from '../support/tone.ts';
import { eventually } from '../support/wait.ts';

describe('two real softphones', () => {
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  const phones: Softphone[] = [];
  const phone = async (person: Person, speaks: number, transport: 'udp' | 'tcp') => {
    const started = await Softphone.start({
      user: person.number,
      password: person.password,
      domain,
      server: server.sip,
      transport,
      speaks,
    });
    phones.push(started);
    await started.registered();
    return started;
  };

  beforeAll(async () => {
    server = await TestServer.start('softphones');
    anna = await addSubscriber(server, '1001');
    bert = await addSubscriber(server, '1002');
  });
  afterEach(async (context) => {
    for (const one of phones.splice(0)) await one.stop(context.task.result?.state === 'fail');
  });
  afterAll(() => server?.stop());

  it.each(['udp', 'tcp'] as const)('register over %s, call each other, and each hears the tone of the other', async (transport) => {
    const first = await phone(anna, 440, transport);
    const second = await phone(bert, 850, transport);
    first.command('dial', `sip:${bert.number}@${domain}`);
    await second.event('CALL_INCOMING');
    second.command('accept');
    await first.event('CALL_ESTABLISHED');

    for (const [listener, tone, own] of [
      [first, 850, 440],
      [second, 440, 850],
    ] as const) {
      await eventually(`${listener.user} hears ${tone} Hz`, () => {
        const heard = listener.heard().slice(-8000);
        return heard.length === 8000 && amplitude(heard, tone) > 8000 && amplitude(heard, own) < 500;
      });
    }
    expect((await server.api.get('/active-calls')).items).toHaveLength(1);
    first.command('hangup');
    await second.event('CALL_CLOSED');
    await eventually('no call is left', async () => (await server.api.get('/active-calls')).items.length === 0);
  });
});
