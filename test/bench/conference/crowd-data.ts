import { CODECS, type Codec } from '../../../server/src/media/codecs/codec.ts';

export interface CrowdData {
  readonly codec: string;
  /** So many speak, the others are in quiet rooms. */
  readonly talkers: number;
  readonly ports: readonly { readonly own: number; readonly to: number }[];
}

export interface CrowdReport {
  readonly sent: number;
  readonly received: number;
}

export const HUM = 300;

export const codecOf = (name: string): Codec => CODECS.find((codec) => codec.name === name)!;

/** A second of a tone. */
export const tonesOf = (rate: number, hz: number, amplitude: number): Int16Array =>
  Int16Array.from({ length: rate }, (_, n) => Math.round(amplitude * Math.sin((2 * Math.PI * hz * n) / rate)));
