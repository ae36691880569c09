import { afterEach, describe, expect, it } from 'vitest';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import { answerTo } from '../../sip/testing/index.ts';
import { Bench, BOB } from '../testing.ts';
import { MediaEngines, mediaPorts } from './media-engines.ts';

const OFFER = 'v=0\r\no=a 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

let engines: MediaEngines | undefined;
const open = (range = { first: 31_000, last: 31_099 }) => {
  const made = new MediaEngines(range, () => undefined);
  engines = made;
  return made;
};
afterEach(async () => {
  await engines?.close();
  engines = undefined;
});

const order = (record = false) => {
  const side = { advertise: '127.0.0.1', bind: '127.0.0.1', behindNat: false, asymmetric: false };
  return {
    ...{ callId: 'c', sides: { caller: side, callee: side }, silenceSeconds: null },
    ...(record && { record: { file: '/tmp/x.wav', beepEverySeconds: null } }),
  };
};

describe('who gets which ports', () => {
  it('each user has its own', () => {
    const { relay, services, rtpengine } = mediaPorts({ first: 10_000, last: 30_000 });
    const all = [relay, rtpengine, services].sort((a, b) => a.first - b.first);
    expect(all[0]!.first).toBe(10_000);
    for (const [n, range] of all.entries()) if (n > 0) expect(range.first).toBeGreaterThan(all[n - 1]!.last);
    expect(services.last - services.first).toBeGreaterThan(9000);
  });
});

describe('engines of media', () => {
  it('one that is chosen relays new calls; what is recorded stays with the built-in one', async () => {
    const made = open();
    const { engine } = made;
    const builtIn = engine(order());
    expect(builtIn?.name).toBe('built-in');
    made.use({ engine: 'rtpengine', nodes: ['127.0.0.1:9'], transcode: [] });
    await expect.poll(() => engine(order())?.name, { timeout: 5000 }).toBe('rtpengine');
    expect(engine(order(true))).toBe(builtIn);
    expect(await engine(order())!.open(order())).toBeUndefined();
    made.use({ engine: 'built-in', nodes: [], transcode: [] });
    await expect.poll(() => engine(order())).toBe(builtIn);
  });

  it('a worker that dies ends its calls cleanly, each with its CDR, and other calls are relayed', async () => {
    const made = open();
    const bench = new Bench();
    bench.directory.updateSettings({ mediaRelay: 'always' });
    bench.relays.parts = made;
    // The fake transport's own addresses are not of this machine.
    bench.transport.mediaAddress = () => ({ advertise: '127.0.0.1', bind: '127.0.0.1' });
    bench.registerBob();
    const rung = async () => {
      bench.sendAs('1001', 'INVITE', { body: OFFER, callId: `call-${Math.random()}` });
      let invite: SipRequest | undefined;
      await expect
        .poll(() => {
          invite ??= bench.transport.take().find(({ message }) => message.kind === 'request')?.message as SipRequest | undefined;
          return invite;
        })
        .toBeDefined();
      return invite!;
    };
    const invite = await rung();
    expect(/m=audio (\d+)/.exec(invite.body.toString())?.[1]).not.toBe('4000');
    bench.transport.deliver(answerTo(invite, 200, { body: OFFER }), BOB);
    const answer = () => bench.transport.take().find(({ message }) => (message as SipResponse).status === 200);
    await expect.poll(answer).toBeDefined();

    made.builtIn.hands[0]!.kill('killed by the test');
    await expect
      .poll(() => bench.charging.records)
      .toMatchObject([{ status: 200, endedBy: 'error', reason: expect.stringMatching(/^Media relay lost/) }]);
    const byes = bench.transport.take().filter(({ message }) => message.kind === 'request');
    expect(byes.map(({ message }) => (message as SipRequest).method)).toEqual(['BYE', 'BYE']);
    await expect.poll(rung, { timeout: 5000 }).toBeDefined();
  });
});
