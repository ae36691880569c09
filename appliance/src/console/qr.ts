import { encode } from 'uqr';

/**
 * A QR code of half blocks, light on dark, for a terminal with light signs on a dark ground. Scheme and host in capitals make the smallest code: they
 * fit its alphanumeric mode, and capitals mean the same there (RFC 3986 section 3.1, 3.2.2).
 */
export function qrLines(url: string): string[] {
  const { data, size } = encode(url.toUpperCase(), { ecc: 'L', border: 2 });
  const light = (row: number, column: number): boolean => row >= size || data[row]?.[column] !== true;
  const lines: string[] = [];
  for (let row = 0; row < size; row += 2) {
    let line = '';
    for (let column = 0; column < size; column++) {
      const upper = light(row, column);
      const lower = light(row + 1, column);
      line += upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
    }
    lines.push(line);
  }
  return lines;
}
