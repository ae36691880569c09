import jsQR from 'jsqr';
import type { Locator } from 'playwright-core';
import { PNG } from 'pngjs';

/** Reads a QR code from the screen, as a phone's camera would. */
export const readQr = async (code: Locator): Promise<string> => readQrPicture(await code.screenshot());

/** @param png a picture with one QR code somewhere in it */
export function readQrPicture(png: Buffer): string {
  const { data, width, height } = PNG.sync.read(png);
  const found = jsQR.default(new Uint8ClampedArray(data), width, height);
  if (!found) throw new Error('The picture holds no readable QR code');
  return found.data;
}
