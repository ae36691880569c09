import type { Json } from '../../support/api.ts';
import { freePort } from '../../support/ports.ts';
import type { Person } from '../../support/provision.ts';
import { domain } from '../../support/server.ts';
import { SipClient } from '../../support/sip-client.ts';
import { credentials, Sipp, type SippOptions } from '../../support/sipp.ts';
import { eventually } from '../../support/wait.ts';
import { HOST } from '../machine/ports.ts';
import type { Appliance } from './appliance.ts';

export const ABROAD = '00441234567';
const CARRIER_SEES = '441234567';

/** sipp on this host: it names itself as the machine sees it. */
const onHost = (appliance: Appliance, port: number): SippOptions => ({
  to: appliance.sip,
  named: HOST,
  port,
  keys: { domain },
  patience: 180_000,
  timeout: 600,
});

export const callTo = async (
  appliance: Appliance,
  scenario: string,
  caller: Person,
  number: string,
  more: SippOptions = {},
): Promise<Sipp> =>
  Sipp.start(scenario, {
    ...onHost(appliance, await freePort()),
    rows: [[caller.number, credentials(caller.number, caller.password), number]],
    ...more,
  });

export const answers = (port: number): Promise<Sipp> => Sipp.start('answer', { named: HOST, port, patience: 300_000, timeout: 600 });

export const carrier = (port: number): Promise<Sipp> =>
  Sipp.start('gateway-answer', { named: HOST, port, fill: { number: CARRIER_SEES }, patience: 300_000, timeout: 600 });

/** A phone of this person that wants its calls at a port of this host. */
export async function register(appliance: Appliance, { number, password }: Person, port: number): Promise<void> {
  const options = onHost(appliance, await freePort());
  await Sipp.run('register', { ...options, keys: { domain, contact_port: port }, rows: [[number, credentials(number, password)]] });
}

export async function addSubscriber(appliance: Appliance, number: string, fields: Json = {}): Promise<Person> {
  const password = `secret-${number}`;
  const { subscriber } = await appliance.api.post('/subscribers', { number, sipPassword: password, ...fields });
  return { id: subscriber.id, number, password };
}

/** A carrier on this host with a rate of a cent a second, made through the API: for scenarios that are not about the pages. */
export async function addCarrier(appliance: Appliance, port: number): Promise<void> {
  const fields = { name: 'Carrier', host: HOST, port, prefix: '00', strip: 2, add: '', probe: false };
  await appliance.api.post('/gateways', fields);
  const tariffs = await appliance.api.list('/tariffs');
  const rate = { prefix: '44', name: 'United Kingdom', pricePerMinute: '0.60', firstIncrement: 1, nextIncrement: 1 };
  await appliance.api.post(`/tariffs/${(tariffs.find((tariff) => tariff.isDefault) ?? tariffs[0])?.id}/rates`, rate);
}

/** A call that is talking, with the carrier at its other end: both go on until they are stopped. */
export async function talking(appliance: Appliance, caller: Person, carrierPort: number): Promise<Sipp[]> {
  const far = await carrier(carrierPort);
  const near = await callTo(appliance, 'call-until-bye', caller, ABROAD);
  await eventually(
    'the call is talking',
    async () => (await appliance.api.list('/active-calls')).some((call) => call.state === 'talking'),
    180_000,
  );
  return [near, far];
}

/** A thousand contact bindings: a hundred phones' worth of numbers, each at ten places. */
export async function registerThousand(appliance: Appliance): Promise<number> {
  const client = await SipClient.open('127.0.0.1', appliance.ports.sip);
  try {
    for (let index = 0; index < 100; index++) {
      const { number, password } = await addSubscriber(appliance, String(60_000 + index));
      const contact = Array.from({ length: 10 }, (_, place) => `<sip:${number}@${HOST}:${20_000 + place}>`).join(', ');
      const { status } = await client.register({ user: number, password, domain }, { contact, expires: 3600 });
      if (status !== 200) throw new Error(`REGISTER of ${number}: ${status}`);
    }
  } finally {
    client.close();
  }
  return (await appliance.api.get('/registrations')).total;
}
