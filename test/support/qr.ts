import jsQR from 'jsqr';
import type { Locator } from 'playwright-core';
import { PNG } from 'pngjs';

/** Reads a QR code from the screen, as a phone's camera would. */
export async function readQr(code: Locator): Promise<string> {
  const { data, width, height } = PNG.sync.read(await code.screenshot());
  const found = jsQR.default(new Uint8ClampedArray(data), width, height);
  if (!found) throw new Error('The picture holds no readable QR code');
  return found.data;
}
