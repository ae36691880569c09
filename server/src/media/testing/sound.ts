/** Sounds for the specs, and what is found in a sound: by frequency, not by counting packets. */

/** A sum of tones, each of this amplitude. @param from index of the first sample, to go on without a click */
export function tones(rate: number, hz: readonly number[], ms: number, amplitude = 8000, from = 0): Int16Array {
  const length = Math.round((rate * ms) / 1000);
  return Int16Array.from({ length }, (_, n) =>
    Math.round(hz.reduce((sum, f) => sum + amplitude * Math.sin((2 * Math.PI * f * (n + from)) / rate), 0)),
  );
}

/** Amplitude of one frequency in a sound (Goertzel). */
export function amplitudeOf(pcm: Int16Array, rate: number, hz: number): number {
  const w = (2 * Math.PI * hz) / rate;
  let re = 0;
  let im = 0;
  for (let n = 0; n < pcm.length; n++) {
    re += pcm[n]! * Math.cos(w * n);
    im += pcm[n]! * Math.sin(w * n);
  }
  return (2 * Math.hypot(re, im)) / Math.max(1, pcm.length);
}

export function levelOf(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, pcm.length));
}

/** Signal to noise in dB of a sound that should be the other one, `delay` samples later and at any level. */
export function snr(sound: Int16Array, wanted: Int16Array, delay = 0): number {
  const length = Math.min(wanted.length, sound.length - delay);
  let cross = 0;
  let energy = 0;
  for (let n = 0; n < length; n++) {
    cross += wanted[n]! * sound[n + delay]!;
    energy += wanted[n]! ** 2;
  }
  const gain = cross / energy;
  let noise = 0;
  for (let n = 0; n < length; n++) noise += (sound[n + delay]! - gain * wanted[n]!) ** 2;
  return 10 * Math.log10((gain * gain * energy) / Math.max(noise, 1e-9));
}

/** The best of the delays up to `longest` samples. */
export function bestSnr(sound: Int16Array, wanted: Int16Array, longest: number): number {
  let best = -Infinity;
  for (let delay = 0; delay <= longest; delay++) best = Math.max(best, snr(sound, wanted, delay));
  return best;
}

export function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Numbers in 0..1 that are the same at every run. */
export function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Noise with the spectrum and the rhythm of speech: voiced syllables that swell and fade, of gliding pitch and three formants, with hisses. */
export function speechLike(rate: number, seconds: number, seed = 1): Int16Array {
  const random = randoms(seed);
  const pcm = new Int16Array(rate * seconds);
  let phase = 0;
  let pitch = 120;
  let formants = [500, 1500, 2500];
  let left = 0;
  let length = 1;
  let voiced = true;
  for (let n = 0; n < pcm.length; n++) {
    if (left-- <= 0) {
      left = Math.round(rate * (0.06 + 0.2 * random()));
      length = left;
      voiced = random() > 0.25;
      pitch = 90 + 160 * random();
      formants = [250 + 650 * random(), 850 + 1500 * random(), 1900 + 1300 * random()];
    }
    if (!voiced) {
      pcm[n] = Math.round(600 * (random() - 0.5));
      continue;
    }
    phase += (pitch * (1 + 0.15 * (left / length))) / rate;
    let sum = 0;
    for (let harmonic = 1; harmonic * pitch < 3400; harmonic++) {
      const hz = harmonic * pitch;
      const gain = formants.reduce((best, f, i) => Math.max(best, 1 / (1 + i) / (1 + ((hz - f) / 130) ** 2)), 0.02);
      sum += gain * Math.sin(2 * Math.PI * harmonic * phase);
    }
    pcm[n] = Math.round(6000 * Math.sin((Math.PI * left) / length) * sum + 200 * (random() - 0.5));
  }
  return pcm;
}
