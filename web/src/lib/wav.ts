/** Sound files of people, as the server wants them. */

export const SPOKEN_RATE = 16_000;

/** The browser cannot read this file, or there is nothing to hear in it. */
export class UnreadableSound extends Error {}

/**
 * Whatever the browser can play (MP3, M4A, OGG, WAV ...) as a WAV of 16 bit, 16 kHz and one channel: what telephones are played.
 * @throws UnreadableSound
 */
export async function toSpokenWav(file: Blob): Promise<Blob> {
  const bytes = await file.arrayBuffer();
  let sound: AudioBuffer;
  try {
    // An offline context resamples by itself while it decodes.
    sound = await new OfflineAudioContext(1, 1, SPOKEN_RATE).decodeAudioData(bytes);
  } catch {
    throw new UnreadableSound();
  }
  if (sound.length === 0) throw new UnreadableSound();
  return new Blob([wavOf(mixed(sound), SPOKEN_RATE)], { type: 'audio/wav' });
}

function mixed(sound: Pick<AudioBuffer, 'length' | 'numberOfChannels' | 'getChannelData'>): Float32Array {
  const mono = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const samples = sound.getChannelData(channel);
    for (let n = 0; n < mono.length; n++) mono[n] = (mono[n] ?? 0) + (samples[n] ?? 0) / sound.numberOfChannels;
  }
  return mono;
}

/** Samples of -1 to 1 as a WAV file of 16 bit. */
export function wavOf(samples: Float32Array, rate: number): ArrayBuffer {
  const file = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at: number, word: string) => {
    for (const [n, sign] of [...word].entries()) file.setUint8(at + n, sign.charCodeAt(0));
  };
  text(0, 'RIFF');
  file.setUint32(4, 36 + samples.length * 2, true);
  text(8, 'WAVEfmt ');
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, rate, true);
  file.setUint32(28, rate * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  text(36, 'data');
  file.setUint32(40, samples.length * 2, true);
  for (const [n, sample] of samples.entries()) file.setInt16(44 + n * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  return file.buffer;
}
