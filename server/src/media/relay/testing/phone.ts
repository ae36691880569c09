// For the specs of the relay: a phone's media over real sockets on loopback.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { vi } from 'vitest';
import { buildRtp, parseRtp } from '../../rtp/packet.ts';

export class Phone {
  readonly ip: string;
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly got: Buffer[] = [];
  readonly gotControl: Buffer[] = [];
  ssrc = 77;
  sequence = 65_530;
  timestamp = 1000;

  private constructor(ip: string) {
    this.ip = ip;
    const type = isIPv6(ip) ? 'udp6' : 'udp4';
    this.rtp = createSocket(type).on('message', (bytes) => this.got.push(bytes));
    this.rtcp = createSocket(type).on('message', (bytes) => this.gotControl.push(bytes));
  }

  static async make(ip = '127.0.0.1'): Promise<Phone> {
    const phone = new Phone(ip);
    phone.rtp.bind(0, ip);
    phone.rtcp.bind(0, ip);
    await Promise.all([once(phone.rtp, 'listening'), once(phone.rtcp, 'listening')]);
    return phone;
  }

  get port(): number {
    return this.rtp.address().port;
  }

  get controlPort(): number {
    return this.rtcp.address().port;
  }

  /** Its session description: audio at its port, RTCP by attribute, as its two sockets are not neighbours. */
  sdp({ port = this.port, c = this.ip, version = 1, more = [] as readonly string[], formats = '0', proto = 'RTP/AVP' } = {}): Buffer {
    const family = isIPv6(this.ip) ? 'IP6' : 'IP4';
    const head = ['v=0', `o=- 5 ${version} IN ${family} ${this.ip}`, 's=-', `c=IN ${family} ${c}`, 't=0 0'];
    return Buffer.from([...head, `m=audio ${port} ${proto} ${formats}`, `a=rtcp:${this.controlPort}`, ...more, ''].join('\r\n'));
  }

  /** A packet of 20 ms of G.711. */
  packet(payload: Buffer = Buffer.alloc(160, 0xd5), payloadType = 0): Buffer {
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp += 160;
    return buildRtp({ payloadType, marker: false, sequence: this.sequence, timestamp: this.timestamp, ssrc: this.ssrc, payload });
  }

  say(text: string, to: Place): void {
    this.send(this.packet(Buffer.from(text)), to);
  }

  send(bytes: Buffer, to: Place): void {
    this.rtp.send(bytes, to.port, to.ip);
  }

  sendControl(bytes: Buffer, to: Place): void {
    this.rtcp.send(bytes, to.port + 1, to.ip);
  }

  get heard(): string[] {
    return this.got.map((bytes) => parseRtp(bytes)?.payload.toString() ?? 'no RTP');
  }

  hears(text: string): Promise<void> {
    return vi.waitFor(
      () => {
        if (!this.heard.includes(text)) throw new Error(`"${text}" was not heard, but ${JSON.stringify(this.heard)}`);
      },
      { timeout: 3000, interval: 5 },
    );
  }

  close(): void {
    this.rtp.close();
    this.rtcp.close();
  }
}

/** Where a session description wants its n-th medium. */
export interface Place {
  readonly ip: string;
  readonly port: number;
}

export function placeIn(sdp: Buffer, medium = 0): Place {
  const text = sdp.toString();
  const port = [...text.matchAll(/^m=\S+ (\d+)/gm)][medium]?.[1];
  return { ip: /^c=IN IP[46] (\S+)/m.exec(text)![1]!, port: Number(port) };
}
