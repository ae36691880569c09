/** Root of the mean square: under it lies the noise of a quiet room, over it the softest speech (about -45 dBov). */
const LOUD = 180;

export function energyOf(pcm: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < pcm.length; i++) sum += pcm[i]! * pcm[i]!;
  return sum / pcm.length;
}

export const isLoud = (pcm: Int16Array): boolean => energyOf(pcm) > LOUD * LOUD;
