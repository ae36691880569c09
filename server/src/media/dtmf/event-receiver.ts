/**
 * Digits out of RFC 4733 telephone-event packets. A digit is some ten packets that all carry the timestamp of its beginning; any of them
 * may be lost, late or doubled, also the first and also the last ones that say it is over. So a digit counts at the first packet seen of it,
 * and packets of the same timestamp are the same digit.
 */
import { DIGITS } from './digits.ts';

export interface EventPacket {
  readonly marker: boolean;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

const LONGEST_SEGMENT = 0xffff;

export class EventReceiver {
  private last: { event: number; timestamp: number; duration: number; ended: boolean } | undefined;

  /** @returns the digit that begins with this packet; undefined when none does */
  push(packet: EventPacket): string | undefined {
    const { payload, timestamp, marker } = packet;
    if (payload.length < 4) return undefined;
    const event = payload[0]!;
    const ended = (payload[1]! & 0x80) !== 0;
    const duration = (payload[2]! << 8) | payload[3]!;
    // Events over 15 are no keys: flash, fax tones, line signals.
    const digit = DIGITS[event];
    if (digit === undefined) return undefined;
    const { last } = this;
    if (last !== undefined) {
      const age = (timestamp - last.timestamp) | 0;
      if (age < 0) return undefined;
      if (age === 0 && event === last.event) {
        last.ended ||= ended;
        last.duration = Math.max(last.duration, duration);
        return undefined;
      }
      const goesOn = event === last.event && !last.ended && !marker && (isNextSegment(last.duration, age) || duration > last.duration);
      this.last = { event, timestamp, duration, ended };
      if (goesOn) return undefined;
    }
    this.last = { event, timestamp, duration, ended };
    return digit;
  }

  /** A new stream has timestamps of its own. */
  reset(): void {
    this.last = undefined;
  }
}

/**
 * RFC 4733 section 2.5.1.3: a key held longer than a duration can say goes on in a new segment. Some phones besides give every packet of a
 * digit a timestamp of its own; their durations grow all the same, which is what push() looks at.
 */
function isNextSegment(duration: number, age: number): boolean {
  return age === LONGEST_SEGMENT && duration <= LONGEST_SEGMENT;
}
