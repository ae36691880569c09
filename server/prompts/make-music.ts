// Writes the music on hold of the product, en/music.wav: a melody of ours over slow chords, made of sines, that loops without a seam.
// node server/prompts/make-music.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wavFile } from '../src/media/wav/wav-writer.ts';

const RATE = 8000;
const BEAT = 0.5;
const BARS = 8;
const LENGTH = BARS * 4 * BEAT * RATE;

/** Hz of a note, by its distance in semitones from A4. */
const hz = (semitones: number): number => 440 * 2 ** (semitones / 12);

/** Chords in semitones from A4, a bar each. */
const chords = [
  [-21, -14, -9, -5],
  [-24, -17, -12, -8],
  [-26, -19, -14, -10],
  [-19, -12, -7, -3],
  [-21, -14, -9, -5],
  [-16, -9, -4, 0],
  [-26, -19, -14, -9],
  [-19, -14, -9, -7],
];
/** The melody, a note each beat; null: silence. */
const melody = [0, 3, 7, 5, 3, null, 0, -2, -2, 2, 5, 3, 2, null, -2, null, 0, 3, 7, 10, 7, null, 5, 3, 2, 5, 3, 2, -2, null, 2, null];

const mix = new Float64Array(LENGTH);

/** A plucked note: three partials that die away. What rings past the end rings on at the start. */
function note(at: number, semitones: number, seconds: number, loudness: number): void {
  const count = Math.round(seconds * RATE * 1.6);
  for (let i = 0; i < count; i++) {
    const t = i / RATE;
    const attack = Math.min(1, t / 0.012);
    const decay = Math.exp(-3 * (t / seconds)) * Math.min(1, (count - i) / 200);
    const tone = [1, 0.35, 0.12].reduce((sum, part, k) => sum + part * Math.sin(2 * Math.PI * hz(semitones) * (k + 1) * t), 0);
    const place = (Math.round(at * RATE) + i) % LENGTH;
    mix[place] = (mix[place] ?? 0) + loudness * attack * decay * tone;
  }
}

for (const [bar, chord] of chords.entries()) for (const [step, pitch] of chord.entries()) note((bar * 4 + step) * BEAT, pitch, 2.4, 0.16);
for (const [beat, pitch] of melody.entries()) if (pitch !== null) note(beat * BEAT, pitch, 0.9, 0.22);

const loudest = mix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const samples = Int16Array.from(mix, (value) => Math.round((value / loudest) * 12_000));
writeFileSync(join(import.meta.dirname, 'en', 'music.wav'), wavFile(RATE, 1, samples));
