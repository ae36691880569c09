/** 80x25 with the last row left free: some serial terminals scroll when it is written to. */
export const WIDTH = 80;
export const HEIGHT = 24;

const ESC = '\u001b';
export const INVERSE = `${ESC}[7m`;
export const BOLD = `${ESC}[1m`;
export const PLAIN = `${ESC}[0m`;

/** A line of the screen: text without control signs, how it looks, and what follows it without that look. */
export interface Line {
  readonly text: string;
  readonly style?: string;
  readonly rest?: string;
}

/** Signs that take two columns (Unicode Standard Annex 11, W and F), or lie outside of the plane in which one unit of a string is one sign. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{10000}-\u{10ffff}]/gu;

/**
 * Text of which every unit takes one column, so that its length is its width: an accent is one sign with its letter, and what would take two columns
 * or none is not shown as it is. What comes from disks, networks and logs must not reach the terminal as commands.
 */
export const cells = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[\p{M}\p{Cf}\p{Cs}]/gu, '')
    .replace(WIDE, '?');

export function fit(text: string, width: number): string {
  const shown = cells(text);
  return shown.length > width ? `${shown.slice(0, width - 1)}~` : shown.padEnd(width);
}

/** Text broken into lines at spaces; a word longer than a line is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n').map(cells)) {
    let line = '';
    for (const word of paragraph.split(' ').flatMap((w) => w.match(new RegExp(`.{1,${width}}`, 'g')) ?? [''])) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** Remembers what is on a terminal and writes only the lines that differ: a serial line is slow. */
export class Screen {
  readonly #write: (text: string) => void;
  #shown: string[] = [];
  #repaint = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** The next drawing starts from an empty screen. */
  clear(): void {
    this.#shown = [];
  }

  /** The next drawing writes everything once more, over what others wrote there: the kernel does when a disk loses data. */
  repaint(): void {
    this.#repaint = true;
  }

  /** @param cursor row and column, from 0; undefined hides it */
  draw(lines: readonly Line[], cursor?: { readonly row: number; readonly column: number }): void {
    let out = '';
    // ESC % G: UTF-8 on a Linux console; others ignore it.
    if (this.#shown.length === 0) out += `${ESC}%G${PLAIN}${ESC}[2J`;
    // Without a flicker; the line below is nobody's.
    else if (this.#repaint) out += `${ESC}%G${PLAIN}${ESC}[${HEIGHT + 1};1H${ESC}[2K`;
    for (let row = 0; row < HEIGHT; row++) {
      const line = lines[row] ?? { text: '' };
      const rest = cells(line.rest ?? '').slice(0, WIDTH);
      const start = cells(line.text).slice(0, WIDTH - rest.length);
      const text = `${line.style ?? ''}${start}${line.style ? PLAIN : ''}${rest}`;
      if (this.#shown[row] === text && !this.#repaint) continue;
      // After the last column the cursor still stands on it: to erase from there would take the last sign.
      const erase = start.length + rest.length < WIDTH ? `${ESC}[K` : '';
      out += `${ESC}[${row + 1};1H${text}${erase}`;
      this.#shown[row] = text;
    }
    this.#repaint = false;
    out += cursor ? `${ESC}[${cursor.row + 1};${cursor.column + 1}H${ESC}[?25h` : `${ESC}[${HEIGHT};1H${ESC}[?25l`;
    this.#write(out);
  }
}

/** Title, body and the line of keys at the foot. */
export function frame(title: string, right: string, body: readonly Line[], foot: string): Line[] {
  const head = `${` ${title}`.padEnd(WIDTH - right.length - 1)}${right} `;
  const room = HEIGHT - 3;
  const middle = Array.from({ length: room }, (_, at) => body[at] ?? { text: '' });
  return [{ text: fit(head, WIDTH), style: INVERSE }, { text: '' }, ...middle, { text: fit(` ${foot}`, WIDTH), style: INVERSE }];
}
