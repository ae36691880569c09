import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSubscriber, calling, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { credentials, Sipp } from '../support/sipp.ts';

describe('IPv6 and IPv4 side by side', () => {
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  beforeAll(async () => {
    server = await TestServer.start('ipv6', { addresses: ['127.0.0.1', '::1'] });
    anna = await addSubscriber(server, '1001');
    bert = await addSubscriber(server, '1002');
  });
  afterAll(() => server?.stop());

  it.each([
    ['udp', '::1', '::1'],
    ['tcp', '::1', '::1'],
    ['udp', '127.0.0.1', '::1'],
    ['udp', '::1', '127.0.0.1'],
  ] as const)('over %s a phone at %s calls a phone at %s', async (transport, from, to) => {
    const at = (address: string) => `${address.includes(':') ? `[${address}]` : address}:${server.sipPort}`;
    const phone = await Sipp.start('answer', { address: to, transport });
    const keys = { domain, contact_port: phone.port };
    await Sipp.run('register', {
      to: at(to),
      address: to,
      transport,
      keys,
      rows: [[bert.number, credentials(bert.number, bert.password)]],
    });
    await Sipp.run('call', { to: at(from), address: from, transport, ...calling(anna, bert.number), more: ['-d', '100'] });
    await phone.finished();
    await Sipp.run('register-remove-all', {
      to: at(to),
      address: to,
      transport,
      keys,
      rows: [[bert.number, credentials(bert.number, bert.password)]],
    });
    expect(await server.api.list('/registrations')).toEqual([]);
  });
});
