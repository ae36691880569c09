import { beforeEach, describe, expect, it } from 'vitest';
import { Directory } from '../../directory/directory.ts';
import { aGateway } from '../../directory/testing.ts';
import { DigestVerifier, ha1 } from '../../sip/digest.ts';
import { createResponse, type SipRequest } from '../../sip/message/index.ts';
import { FakeClock, FakeTransport, settle } from '../../sip/testing/index.ts';
import { TransactionLayer } from '../../sip/transaction/index.ts';
import { ServerLocator } from '../../sip/transport/index.ts';
import { AVOID_MS, GatewayMonitor } from './gateway-monitor.ts';
import { GatewayProber, PROBE_MS } from './gateway-prober.ts';
import { GatewayRegistrations } from './gateway-registrations.ts';
import { OutOfDialogSender } from './out-of-dialog.ts';

const clock = new FakeClock();
let transport: FakeTransport;
let directory: Directory;
let monitor: GatewayMonitor;
let parts: { directory: Directory; monitor: GatewayMonitor; sender: OutOfDialogSender; clock: FakeClock };

beforeEach(() => {
  transport = new FakeTransport();
  directory = new Directory();
  directory.updateSettings({ domain: 'example.test' });
  monitor = new GatewayMonitor(directory, () => clock.now());
  const transactions = new TransactionLayer({ transport, clock });
  parts = { directory, monitor, clock, sender: new OutOfDialogSender(transactions, new ServerLocator(undefined, { clock })) };
});

const sent = () => transport.take().map(({ message }) => message as SipRequest);

async function answer(request: SipRequest, status: number, headers: [string, string][] = []) {
  transport.deliver(createResponse(request, status, undefined, { toTag: 'gw', headers }));
  await settle();
}

describe('GatewayMonitor', () => {
  beforeEach(() => directory.upsertGateway(aGateway({ id: 1 })));

  it('O-125: avoids a gateway for 4 minutes after silence or 503, not after busy', () => {
    monitor.callFailed(1, 486);
    expect(monitor.isHealthy(1)).toBe(true);
    monitor.callFailed(1, 503);
    expect(monitor.isHealthy(1)).toBe(false);
    clock.advance(AVOID_MS);
    expect(monitor.isHealthy(1)).toBe(true);
  });

  it('takes a working call or an edit as a new start', () => {
    monitor.callFailed(1, 408);
    monitor.callWorked(1);
    expect(monitor.isHealthy(1)).toBe(true);
    monitor.callFailed(1, 408);
    directory.upsertGateway(aGateway({ id: 1, port: 5070 }));
    expect(monitor.isHealthy(1)).toBe(true);
  });

  it('tells of changes once', () => {
    const heard: string[] = [];
    monitor.onChange(({ probe }) => heard.push(probe));
    const gateway = aGateway({ id: 1 });
    monitor.probed(gateway, { status: 200, rttMs: 3 });
    monitor.probed(gateway, { status: 200, rttMs: 4 });
    monitor.probed(gateway, undefined);
    expect(heard).toEqual(['up', 'down']);
  });
});

describe('GatewayProber', () => {
  it('asks every 30 seconds, and sees it go and come back', async () => {
    directory.upsertGateway(aGateway({ id: 1, probe: true }));
    const prober = new GatewayProber(parts);
    await clock.advanceAsync(1);
    const [first] = sent();
    expect([first?.method, first?.uriText]).toEqual(['OPTIONS', 'sip:192.0.2.10:5060']);
    await answer(first!, 404);
    expect(monitor.status(1).probe).toBe('up');
    await clock.advanceAsync(PROBE_MS + 1);
    expect(sent()[0]?.method).toBe('OPTIONS');
    await clock.advanceAsync(40_000);
    expect(monitor.status(1)).toMatchObject({ probe: 'down', lastError: 'no answer to OPTIONS' });
    expect(monitor.isHealthy(1)).toBe(false);
    await clock.advanceAsync(PROBE_MS);
    await answer(sent().at(-1)!, 200);
    expect(monitor.isHealthy(1)).toBe(true);
    prober.stop();
    await clock.advanceAsync(PROBE_MS * 2);
    expect(sent()).toEqual([]);
  });
});

it.each([200, 404, 405, 501, 486, 603])('counts a gateway that answers OPTIONS with %i as up', async (status) => {
  directory.upsertGateway(aGateway({ id: 1, probe: true }));
  const prober = new GatewayProber(parts);
  expect(monitor.status(1).probe).toBe('unknown');
  await clock.advanceAsync(1);
  await answer(sent()[0]!, status);
  expect([monitor.status(1).probe, monitor.isHealthy(1)]).toEqual(['up', true]);
  prober.stop();
});

it('does not ask a gateway that lives and answers calls', async () => {
  directory.upsertGateway(aGateway({ id: 1, probe: true }));
  const prober = new GatewayProber(parts);
  await clock.advanceAsync(1);
  await answer(sent()[0]!, 200);
  await clock.advanceAsync(PROBE_MS / 2);
  monitor.callWorked(1);
  await clock.advanceAsync(PROBE_MS / 2 + 1);
  expect(sent()).toEqual([]);
  await clock.advanceAsync(PROBE_MS + 1);
  expect(sent().map(({ method }) => method)).toEqual(['OPTIONS']);
  prober.stop();
});

describe('GatewayRegistrations', () => {
  const gateway = aGateway({ id: 1, register: true, username: 'trunk', password: 'geheim' });

  it('registers with digest, renews in time and says goodbye', async () => {
    const verifier = new DigestVerifier({ clock });
    directory.upsertGateway(gateway);
    const registrations = new GatewayRegistrations(parts);
    await clock.advanceAsync(1);
    const [first] = sent();
    expect([first?.method, first?.get('Expires'), first?.get('Contact')]).toEqual(['REGISTER', '600', '<sip:trunk@192.0.2.1:5060>']);
    await answer(
      first!,
      401,
      verifier.challenge('carrier').map((value) => ['WWW-Authenticate', value]),
    );
    const [second] = sent();
    const verdict = verifier.verify({ method: 'REGISTER', uri: second!.uriText }, second!.getAll('Authorization'), 'carrier', () => ({
      sha256: ha1('SHA-256', 'trunk', 'carrier', 'geheim'),
    }));
    expect(verdict.ok).toBe(true);
    expect([second?.callId === first?.callId, second?.cseq.seq]).toEqual([true, 2]);
    await answer(second!, 200, [['Contact', '<sip:trunk@192.0.2.1:5060>;expires=100']]);
    expect(monitor.status(1).registration).toBe('registered');
    await clock.advanceAsync(79_000);
    expect(sent()).toEqual([]);
    await clock.advanceAsync(1_001);
    expect(sent()[0]?.cseq.seq).toBe(3);
    const gone = registrations.stop();
    await clock.advanceAsync(1_001);
    await gone;
    expect(sent().at(-1)?.get('Expires')).toBe('0');
  });

  it('says goodbye to a gateway that is taken away', async () => {
    directory.upsertGateway(gateway);
    const registrations = new GatewayRegistrations(parts);
    await clock.advanceAsync(1);
    await answer(sent()[0]!, 200);
    directory.removeGateway(1);
    await clock.advanceAsync(1);
    expect(sent().map((request) => [request.method, request.get('Expires')])).toEqual([['REGISTER', '0']]);
    await registrations.stop();
  });

  it('says what is wrong, and does not hammer', async () => {
    directory.upsertGateway(gateway);
    const registrations = new GatewayRegistrations(parts);
    await clock.advanceAsync(1);
    await answer(sent()[0]!, 403);
    expect(monitor.status(1)).toMatchObject({ registration: 'failed', lastError: 'REGISTER was answered with 403 Forbidden' });
    expect(monitor.isHealthy(1)).toBe(false);
    await clock.advanceAsync(14 * 60_000);
    expect(sent()).toEqual([]);
    await clock.advanceAsync(60_001);
    expect(sent()).toHaveLength(1);
    directory.removeGateway(1);
    await registrations.stop();
  });

  it('asks for longer when the gateway wants fewer registrations', async () => {
    directory.upsertGateway(gateway);
    const registrations = new GatewayRegistrations(parts);
    await clock.advanceAsync(1);
    await answer(sent()[0]!, 423, [['Min-Expires', '1800']]);
    await clock.advanceAsync(1);
    expect(sent()[0]?.get('Expires')).toBe('1800');
    directory.removeGateway(1);
    await registrations.stop();
  });
});
