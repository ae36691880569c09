import type { Json } from './api.ts';
import { domain, type TestServer } from './server.ts';
import { credentials, Sipp } from './sipp.ts';

export interface Person {
  id: number;
  number: string;
  password: string;
}

/** A subscriber without a mailbox, made through the API; more fields of NewSubscriber as the test needs them. */
export async function addSubscriber(server: TestServer, number: string, fields: Json = {}): Promise<Person> {
  const password = `secret-${number}`;
  const { subscriber } = await server.api.post('/subscribers', { number, sipPassword: password, groups: ['local'], ...fields });
  return { id: subscriber.id, number, password };
}

/** A subscriber who may call abroad and has credit. */
export function addCaller(server: TestServer, number: string, balance: string, fields: Json = {}): Promise<Person> {
  return addSubscriber(server, number, { groups: ['local', 'int'], balance, ...fields });
}

/** The id of the tariff that new subscribers get. */
export async function defaultTariff(server: TestServer): Promise<number> {
  const tariffs = await server.api.list('/tariffs');
  return (tariffs.find((tariff) => tariff.isDefault) ?? tariffs[0])?.id;
}

/** A rate in the default tariff: price a minute, by the second unless told otherwise. */
export async function addRate(server: TestServer, prefix: string, pricePerMinute: string, fields: Json = {}): Promise<Json> {
  const rate = { prefix, name: `Destination ${prefix}`, pricePerMinute, firstIncrement: 1, nextIncrement: 1, ...fields };
  return server.api.post(`/tariffs/${await defaultTariff(server)}/rates`, rate);
}

/** A gateway at host:port for international calls: 00 taken off, E.164 digits sent. */
export function addGateway(server: TestServer, name: string, at: string, fields: Json = {}): Promise<Json> {
  const [host, port] = at.split(':');
  return server.api.post('/gateways', { name, host, port: Number(port), prefix: '00', strip: 2, add: '', probe: false, ...fields });
}

/** Registers a phone of this person that wants its calls at a port of a sipp scenario (or several). */
export async function registerAt(
  server: TestServer,
  person: Person,
  phone: Sipp | number,
  transport: 'udp' | 'tcp' = 'udp',
): Promise<void> {
  const port = typeof phone === 'number' ? phone : phone.port;
  await Sipp.run('register', {
    to: server.sip,
    transport,
    keys: { domain, contact_port: port },
    rows: [[person.number, credentials(person.number, person.password)]],
  });
}

/** Rows and keys of a call from one person to a number. */
export const calling = (caller: Person, number: string) => ({
  keys: { domain },
  rows: [[caller.number, credentials(caller.number, caller.password), number]],
});
