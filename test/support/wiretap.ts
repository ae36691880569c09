import { type ChildProcess, spawn } from 'node:child_process';
import type { Namespace } from './netns.ts';
import { end } from './process.ts';

const PCMU = 0;

/**
 * Listens at the cable of a machine to the sound that arrives there (RTP with G.711 µ-law). For what a softphone does not record: baresip 1.0
 * writes nothing more after a call was on hold, though it plays.
 */
export class Wiretap {
  readonly #process: ChildProcess;
  #samples: number[] = [];
  #rest = Buffer.alloc(0);

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.stdout?.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  /** @param address of the machine: what goes to it counts */
  static async start(machine: Namespace, address: string): Promise<Wiretap> {
    const child = spawn(...machine.within('perl', ['-e', sniff, address]), { stdio: ['ignore', 'pipe', 'inherit'] });
    const tap = new Wiretap(child);
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error('the wiretap ended')));
      child.stdout?.once('data', () => resolve());
    });
    return tap;
  }

  /** All that has arrived so far, 8 kHz. */
  get heard(): Int16Array {
    return Int16Array.from(this.#samples);
  }

  stop(): Promise<void> {
    return end(this.#process);
  }

  /** Each datagram comes with its length before it; an empty one says that the tap is open. */
  #receive(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 2 && this.#rest.length >= 2 + this.#rest.readUInt16BE(0)) {
      const length = this.#rest.readUInt16BE(0);
      const packet = this.#rest.subarray(2, 2 + length);
      this.#rest = this.#rest.subarray(2 + length);
      if (length > 12 && packet[0] === 0x80 && (packet[1]! & 0x7f) === PCMU)
        for (const octet of packet.subarray(12)) this.#samples.push(fromMuLaw(octet));
    }
  }
}

/** ITU-T G.711. */
function fromMuLaw(octet: number): number {
  const bits = ~octet & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4);
  return bits & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

/** A packet socket (AF_PACKET, raw, IPv4), which Node cannot open. */
const sniff = `
  use strict; use Socket; $| = 1;
  my $own = inet_aton($ARGV[0]);
  socket(my $wire, 17, 3, unpack('S', pack('n', 0x0800))) or die $!;
  print pack('n', 0);
  while (sysread($wire, my $frame, 4096)) {
    my $head = 4 * (ord(substr($frame, 14, 1)) & 15);
    next unless substr($frame, 23, 1) eq chr(17) && substr($frame, 30, 4) eq $own;
    my $size = unpack('n', substr($frame, 14 + $head + 4, 2)) - 8;
    print pack('n', $size), substr($frame, 14 + $head + 8, $size);
  }
`;
