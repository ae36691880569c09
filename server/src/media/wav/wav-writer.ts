/** Writes WAV files of 16 bit PCM. */
import { type FileHandle, open } from 'node:fs/promises';

export const WAV_HEADER_BYTES = 44;
/** A RIFF file counts its bytes in 32 bits. */
const MOST_BYTES = 0xffff_ffff - WAV_HEADER_BYTES;

/** The header of a file with so many bytes of samples. */
export function wavHeader(rate: number, channels: number, dataBytes: number): Buffer {
  const head = Buffer.alloc(WAV_HEADER_BYTES);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(dataBytes, 40);
  return head;
}

/** Samples as a file holds them. WAV is little-endian, as are all machines this runs on. */
export const pcmBytes = (pcm: Int16Array): Buffer => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);

export function wavFile(rate: number, channels: number, pcm: Int16Array): Buffer {
  return Buffer.concat([wavHeader(rate, channels, pcm.byteLength), pcmBytes(pcm)]);
}

/**
 * A WAV file that grows while it is recorded. What was written is a whole file at every moment: samples go in first, then the header that
 * counts them, so a power cut costs the last second and not the message.
 */
export class WavWriter {
  readonly rate: number;
  readonly channels: number;
  private readonly file: FileHandle;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private writtenBytes = 0;
  private work: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  private constructor(file: FileHandle, rate: number, channels: number) {
    this.file = file;
    this.rate = rate;
    this.channels = channels;
  }

  /** Makes the file anew. Rejects when it cannot be made. */
  static async create(path: string, rate: number, channels: number): Promise<WavWriter> {
    const file = await open(path, 'w', 0o600);
    await file.write(wavHeader(rate, channels, 0), 0, WAV_HEADER_BYTES, 0);
    return new WavWriter(file, rate, channels);
  }

  /** Seconds of sound taken so far. */
  get seconds(): number {
    return (this.writtenBytes + this.waitingBytes) / (2 * this.channels * this.rate);
  }

  /** Why nothing is written any more: a full disk, a pulled one. */
  get failed(): Error | undefined {
    return this.failure;
  }

  /** Takes interleaved samples; they are on their way to the disk every second. */
  write(pcm: Int16Array): void {
    if (this.failure || this.writtenBytes + this.waitingBytes + pcm.byteLength > MOST_BYTES) return;
    // A copy: the caller may use its frame again.
    this.waiting.push(Buffer.from(pcmBytes(pcm)));
    this.waitingBytes += pcm.byteLength;
    if (this.waitingBytes >= 2 * this.channels * this.rate) this.flush();
  }

  /** Ends the file, with the last `cutSeconds` left out. Resolves when it is closed; rejects when it could not be written. */
  async close(cutSeconds = 0): Promise<void> {
    this.flush();
    await this.work;
    const cut = Math.min(Math.round(cutSeconds * this.rate) * 2 * this.channels, this.writtenBytes);
    if (!this.failure && cut > 0) {
      this.writtenBytes -= cut;
      await this.attempt(async () => {
        await this.writeHeader();
        await this.file.truncate(WAV_HEADER_BYTES + this.writtenBytes);
      });
    }
    await this.file.close().catch(() => {});
    if (this.failure) throw this.failure;
  }

  private flush(): void {
    if (this.waitingBytes === 0) return;
    const block = Buffer.concat(this.waiting);
    const at = WAV_HEADER_BYTES + this.writtenBytes;
    this.waiting = [];
    this.waitingBytes = 0;
    this.writtenBytes += block.length;
    const total = this.writtenBytes;
    this.work = this.work.then(() =>
      this.attempt(async () => {
        await this.file.write(block, 0, block.length, at);
        await this.writeHeader(total);
      }),
    );
  }

  private async writeHeader(dataBytes = this.writtenBytes): Promise<void> {
    await this.file.write(wavHeader(this.rate, this.channels, dataBytes), 0, WAV_HEADER_BYTES, 0);
  }

  private async attempt(step: () => Promise<void>): Promise<void> {
    if (this.failure) return;
    try {
      await step();
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}
