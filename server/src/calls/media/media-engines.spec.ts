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

/** Threads take their time to start on a machine that is busy. */
const PATIENCE = { timeout: 20_000 };

describe('engines of media', { timeout: 60_000 }, () => {
  it('rtpengine has new calls while it answers; what it is not needed for, and plain recorded calls, stay with the built-in one', async () => {
    const made = open();
    const { engine } = made;
    const builtIn = engine(order());
    expect(builtIn).toBe(made.builtIn);
    made.use({ engine: 'rtpengine', nodes: ['127.0.0.1:9'], transcode: [] });
    await expect.poll(() => made.chosen.name, PATIENCE).toBe('rtpengine');
    expect(engine(order(true))).toBe(builtIn);
    expect(engine({ ...order(), speaks: true })).toBe(builtIn);
    // Nobody answers there.
    expect(engine(order())).toBe(builtIn);
    for (const record of [false, true]) {
      const secret = { ...order(record), translated: ['caller' as const] };
      expect(engine(secret)).not.toBe(builtIn);
      expect(await engine(secret).open(secret)).toBeUndefined();
    }
    expect(made.builtIn.stats().sessions).toBe(0);
    expect(made.translator()).toBe(made.chosen);
    made.use({ engine: 'built-in', nodes: [], transcode: [] });
    await expect.poll(() => made.chosen).toBe(builtIn);
    expect(made.translator()).toBeUndefined();
  });

  it('a worker that dies ends its calls cleanly, each with its CDR, and other calls are relayed', async () => {
    const made = open();
    const bench = new Bench();
    bench.directory.updateSettings({ mediaRelay: 'always' });
    bench.relays.parts = made;
    // The fake transport's own addresses are not of this machine.
    bench.transport.mediaAddress = () => ({ advertise: '127.0.0.1', bind: '127.0.0.1' });
    bench.registerBob();
    /** Calls until a call is relayed: a worker that is just starting again has no ports to give. */
    const rung = async (): Promise<SipRequest> => {
      bench.sendAs('1001', 'INVITE', { body: OFFER, callId: `call-${Math.random()}` });
      const decided = () => bench.transport.take().find(({ message }) => message.kind === 'request' || message.status >= 300)?.message;
      let result: SipRequest | SipResponse | undefined;
      await expect.poll(() => (result ??= decided()), PATIENCE).toBeDefined();
      if (result?.kind === 'request') return result;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return rung();
    };
    const invite = await rung();
    expect(/m=audio (\d+)/.exec(invite.body.toString())?.[1]).not.toBe('4000');
    bench.transport.deliver(answerTo(invite, 200, { body: OFFER }), BOB);
    const answer = () => bench.transport.take().find(({ message }) => (message as SipResponse).status === 200);
    await expect.poll(answer, PATIENCE).toBeDefined();

    made.builtIn.hands[0]!.kill('killed by the test');
    await expect
      .poll(() => bench.charging.records, PATIENCE)
      .toMatchObject([{ status: 200, endedBy: 'error', reason: expect.stringMatching(/^Media relay lost/) }]);
    const byes = bench.transport.take().filter(({ message }) => message.kind === 'request');
    expect(byes.map(({ message }) => (message as SipRequest).method)).toEqual(['BYE', 'BYE']);
    expect((await rung()).body.toString()).not.toContain('m=audio 4000');
  });
});
