/** How far `later` lies after `earlier` in a ring of 16 bits: -32768 to 32767. */
export const sequenceDistance = (later: number, earlier: number): number => ((later - earlier) << 16) >> 16;

/** How far `later` lies after `earlier` in a ring of 32 bits, in ticks of the clock. */
export const timestampDistance = (later: number, earlier: number): number => (later - earlier) | 0;

export const nextSequence = (sequence: number): number => (sequence + 1) & 0xffff;

export const addToTimestamp = (timestamp: number, ticks: number): number => (timestamp + ticks) >>> 0;
