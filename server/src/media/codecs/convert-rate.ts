/** Sound of any sample rate to any other, at once and carefully: for files, not for calls. */

const SIDE_LOBES = 24;

/** By a windowed sinc (Blackman) that stops what the lower of the two rates cannot hold. */
export function convertRate(pcm: Int16Array, from: number, to: number): Int16Array {
  if (from === to) return pcm;
  const ratio = Math.min(1, to / from);
  const reach = SIDE_LOBES / ratio;
  const converted = new Int16Array(Math.floor((pcm.length * to) / from));
  for (let n = 0; n < converted.length; n++) {
    const middle = (n * from) / to;
    const first = Math.max(0, Math.ceil(middle - reach));
    const last = Math.min(pcm.length - 1, Math.floor(middle + reach));
    let sum = 0;
    for (let i = first; i <= last; i++) sum += pcm[i]! * tap((i - middle) * ratio);
    converted[n] = Math.max(-32768, Math.min(32767, Math.round(sum * ratio)));
  }
  return converted;
}

function tap(x: number): number {
  const angle = (Math.PI * x) / SIDE_LOBES;
  const window = 0.42 + 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
  // A little under half the rate, so that the slope of the filter ends there.
  const cut = 0.94;
  return x === 0 ? cut : (window * Math.sin(Math.PI * cut * x)) / (Math.PI * x);
}

/** All channels laid together. */
export function toMono(pcm: Int16Array, channels: number): Int16Array {
  if (channels === 1) return pcm;
  const mono = new Int16Array(Math.floor(pcm.length / channels));
  for (let n = 0; n < mono.length; n++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += pcm[n * channels + c]!;
    mono[n] = Math.round(sum / channels);
  }
  return mono;
}
