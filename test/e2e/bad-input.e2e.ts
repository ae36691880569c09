import { randomBytes, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSubscriber, calling, type Person, registerAt } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { SipClient } from '../support/sip-client.ts';
import { credentials, Sipp } from '../support/sipp.ts';
import { sleep } from '../support/wait.ts';

const megabyte = 1024 * 1024;

describe('bad input', () => {
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  const call = async () => {
    const phone = await Sipp.start('answer');
    await registerAt(server, bert, phone);
    await Sipp.run('call', { to: server.sip, ...calling(anna, bert.number), more: ['-d', '200'] });
    await phone.finished();
    await Sipp.run('register-remove-all', {
      to: server.sip,
      keys: { domain },
      rows: [[bert.number, credentials(bert.number, bert.password)]],
    });
  };

  beforeAll(async () => {
    server = await TestServer.start('bad-input');
    anna = await addSubscriber(server, '1001', { maxCalls: 50 });
    bert = await addSubscriber(server, '1002');
  });
  afterAll(() => server?.stop());

  it('truncated, over-long and broken messages over UDP and TCP: the server answers or drops them, and real calls go on', async () => {
    const phone = await SipClient.open('127.0.0.1', server.sipPort);
    const good = phone.text('OPTIONS', `sip:${server.sip}`);
    const broken = [
      ...Array.from({ length: 60 }, (_, n) => good.slice(0, Math.floor((good.length * n) / 60))),
      good.replace(/Content-Length: 0/, 'Content-Length: 99999'),
      good.replace(/Content-Length: 0/, 'Content-Length: -1'),
      good.replace(/Content-Length: 0/, 'Content-Length: 99999999999999999999'),
      good.replace('Max-Forwards: 70', 'Max-Forwards: 70\r\nEvil: a\nInjected: b'),
      good.replace('Max-Forwards: 70', `Max-Forwards: 70\r\nLong: ${'x'.repeat(60_000)}`),
      good.replace('Max-Forwards: 70', Array.from({ length: 2000 }, () => 'X: y').join('\r\n')),
      good.replace('OPTIONS sip:', 'OPTIONS sip:\0'),
      good.replace(/Via: .*/, 'Via: SIP/2.0/UDP 255.255.255.255:1;branch=z9hG4bKx'),
      good.replace(/CSeq: .*/, 'CSeq: 99999999999 OPTIONS'),
      good.replace(/To: .*/, 'To: <<<>>>'),
    ];
    for (const text of broken) await phone.send(text);
    for (const text of broken) {
      await new Promise<void>((resolve) => {
        const tcp = connect(server.sipPort, '127.0.0.1', () => tcp.end(Buffer.from(text, 'latin1')));
        tcp.setTimeout(200, () => tcp.destroy());
        tcp.once('close', () => resolve()).once('error', () => resolve());
        tcp.resume();
      });
    }
    phone.close();
    await call();
  });

  it('10,000 junk datagrams a second for 10 seconds: no crash, no memory growth, and calls go on meanwhile', async () => {
    const template = Buffer.from(`INVITE sip:1002@${domain} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK`);
    const junk = Array.from({ length: 500 }, (_, n) => {
      const noise = randomBytes(randomInt(1, 400));
      return n % 3 === 0 ? Buffer.concat([template.subarray(0, randomInt(1, template.length)), noise]) : noise;
    });
    /** A bounded sender: what is due by the clock, in small batches, never more. */
    const flood = async (seconds: number) => {
      const socket = createSocket('udp4');
      const started = Date.now();
      let sent = 0;
      for (let passed = 0; passed < seconds; passed = (Date.now() - started) / 1000) {
        for (const due = passed * 10_000; sent < due; sent += 1) socket.send(junk[sent % junk.length]!, server.sipPort, '127.0.0.1');
        await sleep(2);
      }
      await new Promise<void>((resolve) => socket.close(() => resolve()));
      return sent;
    };
    // The heap of a process that has had nothing to do is no measure: a first flood lets it grow to its working size.
    await Promise.all([flood(20), call()]);
    await sleep(2000);
    const before = server.residentBytes();

    const seconds = 10;
    const end = Date.now() + (seconds - 2) * 1000;
    const flooded = flood(seconds);
    let calls = 0;
    for (; Date.now() < end; calls += 1) await call();
    const sent = await flooded;
    expect(sent).toBeGreaterThan(seconds * 9000);
    expect(calls).toBeGreaterThanOrEqual(5);
    await call();
    await sleep(2000);
    const grown = (server.residentBytes() - before) / megabyte;
    expect(grown, `MB grown after ${sent} datagrams`).toBeLessThan(30);
    expect(server.output).not.toMatch(/"level":60|uncaught|unhandled/i);
  });
});
