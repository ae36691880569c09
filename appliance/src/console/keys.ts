/** A key press: a printable sign, or the name of a key. */
export type Key =
  | { readonly kind: 'sign'; readonly sign: string }
  | {
      readonly kind:
        | 'up'
        | 'down'
        | 'left'
        | 'right'
        | 'home'
        | 'end'
        | 'pageup'
        | 'pagedown'
        | 'enter'
        | 'escape'
        | 'backspace'
        | 'delete'
        | 'tab'
        | 'redraw';
    };

type Name = Exclude<Key['kind'], 'sign'>;

const SEQUENCES: Readonly<Record<string, Name>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[H': 'home',
  '[F': 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[3~': 'delete',
  '[5~': 'pageup',
  '[6~': 'pagedown',
};

const CONTROLS: Readonly<Record<string, Name>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u000c': 'redraw',
};

/** Bytes of a terminal to keys. A sequence may come in pieces; an Escape with nothing behind it is the key, once `flush` is called. */
export class KeyReader {
  #rest = '';

  push(text: string): Key[] {
    this.#rest += text;
    const keys: Key[] = [];
    while (this.#rest !== '') {
      const next = this.#take();
      if (next === undefined) break;
      if (next !== null) keys.push(next);
    }
    return keys;
  }

  get waits(): boolean {
    return this.#rest !== '';
  }

  /** Nothing more came: what is left is what it looks like. */
  flush(): Key[] {
    const waited = this.#rest;
    this.#rest = '';
    return waited.startsWith('\u001b') ? [{ kind: 'escape' }] : [];
  }

  /** The next key; null for signs without a meaning; undefined when more must come. */
  #take(): Key | null | undefined {
    const sign = String.fromCodePoint(this.#rest.codePointAt(0) ?? 0);
    if (sign === '\u001b') {
      const rest = this.#rest.slice(1);
      const sequence = /^(\[[0-9;]*[A-Za-z~]|O[A-Za-z])/.exec(rest)?.[0];
      if (sequence) {
        this.#rest = rest.slice(sequence.length);
        const name = SEQUENCES[sequence];
        return name ? { kind: name } : null;
      }
      if (rest === '' || /^(\[[0-9;]*|O)$/.test(rest)) return undefined;
      this.#rest = rest;
      return { kind: 'escape' };
    }
    this.#rest = this.#rest.slice(sign.length);
    const control = CONTROLS[sign];
    if (control) return { kind: control };
    return sign >= ' ' ? { kind: 'sign', sign } : null;
  }
}
