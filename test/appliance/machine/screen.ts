/** A terminal of 80x25 as far as firmware, GRUB, the kernel and the console of Dialtone use one (ECMA-48): what a person at the serial line sees. */
export class Screen {
  readonly columns = 80;
  readonly rows = 25;
  #cells: string[][] = [];
  #row = 0;
  #column = 0;
  #pending = '';

  constructor() {
    this.#clear();
  }

  /** The lines of the screen without trailing spaces. */
  get lines(): string[] {
    return this.#cells.map((row) => row.join('').trimEnd());
  }
  get text(): string {
    return this.lines.join('\n');
  }

  write(text: string): void {
    let rest = this.#pending + text;
    this.#pending = '';
    while (rest !== '') {
      const sign = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      if (sign !== '\u001b') {
        this.#put(sign);
        rest = rest.slice(sign.length);
        continue;
      }
      // With intermediate signs (soft reset) and operating system commands (colours, at the start of a service): they move nothing.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with one
      const sequence = /^\u001b(?:\[([0-?]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[%()#].|[^[\]%()#])/.exec(rest);
      if (!sequence) {
        // Its end has not come yet; what is too long for one is none.
        if (rest.length < 40) this.#pending = rest;
        return;
      }
      if (sequence[2]) this.#control(sequence[2], sequence[1] ?? '');
      rest = rest.slice(sequence[0].length);
    }
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.rows }, () => this.#blank());
  }

  #blank(): string[] {
    return Array.from({ length: this.columns }, () => ' ');
  }

  #put(sign: string): void {
    if (sign === '\r') this.#column = 0;
    else if (sign === '\n') this.#feed();
    else if (sign === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (sign >= ' ') {
      if (this.#column >= this.columns) {
        this.#column = 0;
        this.#feed();
      }
      const row = this.#cells[this.#row];
      if (row) row[this.#column] = sign;
      this.#column++;
    }
  }

  #feed(): void {
    if (this.#row < this.rows - 1) this.#row++;
    else {
      this.#cells.shift();
      this.#cells.push(this.#blank());
    }
  }

  #control(name: string, parameters: string): void {
    const [first, second] = parameters.split(';').map(Number);
    const count = Math.max(1, first || 1);
    if (name === 'H' || name === 'f') {
      this.#row = Math.min(this.rows, count) - 1;
      this.#column = Math.min(this.columns, Math.max(1, second || 1)) - 1;
    } else if (name === 'J') {
      if (first === 2 || first === 3) this.#clear();
      else if (!first) {
        this.#cells[this.#row]?.fill(' ', this.#column);
        for (let row = this.#row + 1; row < this.rows; row++) this.#cells[row] = this.#blank();
      }
    } else if (name === 'K') {
      const row = this.#cells[this.#row];
      // After a sign in the last column the cursor still stands on it.
      if (!first) row?.fill(' ', Math.min(this.#column, this.columns - 1));
      else if (first === 2) row?.fill(' ');
      else row?.fill(' ', 0, this.#column + 1);
    } else if (name === 'A') this.#row = Math.max(0, this.#row - count);
    else if (name === 'B') this.#row = Math.min(this.rows - 1, this.#row + count);
    else if (name === 'C') this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (name === 'D') this.#column = Math.max(0, this.#column - count);
  }
}
