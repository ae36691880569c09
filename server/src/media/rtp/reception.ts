import { sequenceDistance, timestampDistance } from './sequence.ts';

/** What a receiver knows of a stream: packets that are missing and jitter (RFC 3550 appendices A.3 and A.8). A new SSRC starts a new stream. */
export class Reception {
  /** Of the streams before this one. */
  #lostBefore = 0;
  #ssrc = -1;
  #received = 0;
  #first = 0;
  /** Highest sequence number, counted on over the wraps. */
  #highest = 0;
  #lastTimestamp = 0;
  #lastArrival = 0;
  #jitterMs = 0;

  /** `ticksPerMs` 0: the payload's clock says nothing of its sending (telephone events, comfort noise), jitter is left as it is. */
  note(ssrc: number, sequence: number, timestamp: number, arrivalMs: number, ticksPerMs: number): void {
    if (ssrc !== this.#ssrc) {
      this.#lostBefore = this.lost;
      this.#ssrc = ssrc;
      this.#received = 1;
      this.#first = this.#highest = sequence;
      this.#lastArrival = 0;
    } else {
      this.#received += 1;
      const step = sequenceDistance(sequence, this.#highest & 0xffff);
      if (step > 0) this.#highest += step;
    }
    if (ticksPerMs === 0) return;
    if (this.#lastArrival !== 0) {
      const transit = arrivalMs - this.#lastArrival - timestampDistance(timestamp, this.#lastTimestamp) / ticksPerMs;
      this.#jitterMs += (Math.abs(transit) - this.#jitterMs) / 16;
    }
    this.#lastArrival = arrivalMs;
    this.#lastTimestamp = timestamp;
  }

  /** Packets missing; those that came twice make up for some, as in the RFC, but it never gets negative. */
  get lost(): number {
    const expected = this.#received === 0 ? 0 : this.#highest - this.#first + 1;
    return this.#lostBefore + Math.max(0, expected - this.#received);
  }

  get highestSequence(): number {
    return this.#highest;
  }

  get jitterMs(): number {
    return this.#jitterMs;
  }
}
