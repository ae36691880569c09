import { told } from '../problem.ts';
import type { Texts } from '../texts/texts.ts';
import type { Key } from './keys.ts';
import { BOLD, cells, fit, frame, HEIGHT, INVERSE, type Line, type Screen, WIDTH, wrap } from './screen.ts';

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
}

/** The person went away or pressed Escape all the way out. */
export class Left extends Error {}

const IDLE_MS = 10 * 60_000;
const HOTKEYS = '123456789abcdefghijklmnopqrstuvwxyz';

/** Questions to the person at a terminal, one at a time. Escape answers undefined. */
export class Ui {
  readonly #screen: Screen;
  readonly #title: string;
  readonly #texts: () => Texts;
  #listener: ((key: Key) => void) | undefined;
  #redraw: (() => void) | undefined;

  /** @param texts of the language that holds at the moment */
  constructor(screen: Screen, title: string, texts: () => Texts) {
    this.#screen = screen;
    this.#title = title;
    this.#texts = texts;
  }

  get texts(): Texts {
    return this.#texts();
  }

  press(key: Key): void {
    if (key.kind === 'redraw') {
      this.#screen.clear();
      this.#redraw?.();
    } else this.#listener?.(key);
  }

  /** A list to choose from: arrows and Enter, or the sign before the line. */
  async choose<T>(title: string, choices: readonly Choice<T>[], text = ''): Promise<T | undefined> {
    const intro = text === '' ? [] : [...wrap(text, WIDTH - 4), ''];
    const room = HEIGHT - 3 - intro.length;
    let at = 0;
    return this.#ask<T | undefined>(
      () => {
        const first = Math.max(0, Math.min(at - room + 2, choices.length - room));
        const lines = choices.slice(first, first + room).map((choice, row): Line => {
          const index = first + row;
          const line = fit(`  ${HOTKEYS[index] ?? ' '}  ${choice.label}`, WIDTH);
          return index === at ? { text: line, style: INVERSE } : { text: line };
        });
        return { lines: this.#frame(title, [...intro.map(plain), ...lines], this.texts.t('ui.chooseKeys')) };
      },
      (key, done) => {
        if (key.kind === 'escape' || key.kind === 'left') done(undefined);
        else if (key.kind === 'up') at = (at + choices.length - 1) % choices.length;
        else if (key.kind === 'down' || key.kind === 'tab') at = (at + 1) % choices.length;
        else if (key.kind === 'enter' || key.kind === 'right') done(choices[at]?.value);
        else if (key.kind === 'sign') {
          const chosen = choices[HOTKEYS.indexOf(key.sign.toLowerCase())];
          if (chosen) done(chosen.value);
        }
      },
    );
  }

  /** A line of text. `check` answers what is wrong with it, or nothing. */
  async input(
    title: string,
    text: string,
    initial = '',
    check: (value: string) => string | undefined = () => undefined,
  ): Promise<string | undefined> {
    let value = initial;
    let fault = '';
    const intro = wrap(text, WIDTH - 4);
    return this.#ask<string | undefined>(
      () => ({
        lines: this.#frame(
          title,
          [...intro.map(plain), { text: '' }, { text: `  > ${value}`, style: BOLD }, { text: '' }, ...wrap(fault, WIDTH - 4).map(plain)],
          this.texts.t('ui.inputKeys'),
        ),
        cursor: { row: 2 + intro.length + 1, column: Math.min(WIDTH - 1, 4 + cells(value).length) },
      }),
      (key, done) => {
        if (key.kind === 'escape') done(undefined);
        else if (key.kind === 'backspace') value = [...value].slice(0, -1).join('');
        else if (key.kind === 'sign' && value.length < 70) value += key.sign;
        else if (key.kind === 'enter') {
          fault = check(value.trim()) ?? '';
          if (fault === '') done(value.trim());
        }
      },
    );
  }

  /** The default answer is No. */
  async confirm(title: string, text: string): Promise<boolean> {
    const answer = await this.choose(
      title,
      [
        { label: this.texts.t('ui.no'), value: false },
        { label: this.texts.t('ui.yes'), value: true },
      ],
      text,
    );
    return answer === true;
  }

  /** Says something until a key is pressed; longer texts are scrolled. */
  async show(title: string, text: string): Promise<void> {
    const lines = wrap(text, WIDTH - 4);
    const room = HEIGHT - 3;
    const last = Math.max(0, lines.length - room);
    let top = 0;
    await this.#ask<void>(
      () => ({
        lines: this.#frame(title, lines.slice(top, top + room).map(plain), this.texts.t(last > 0 ? 'ui.scrollKeys' : 'ui.showKeys')),
      }),
      (key, done) => {
        const step = { up: -1, down: 1, pageup: -room, pagedown: room, home: -lines.length, end: lines.length }[key.kind as string];
        if (step !== undefined && last > 0) top = Math.max(0, Math.min(last, top + step));
        else done();
      },
    );
  }

  /** Shows that work is going on; what goes wrong is said. @returns whether it was done */
  async work(title: string, run: () => Promise<unknown>): Promise<boolean> {
    this.#redraw = () => this.#screen.draw(this.#frame(title, [plain(this.texts.t('ui.working'))], ''));
    this.#redraw();
    try {
      await run();
      return true;
    } catch (error) {
      const { t, say } = this.texts;
      await this.show(title, t('ui.failed', { why: say(told(error)) }));
      return false;
    } finally {
      this.#redraw = undefined;
    }
  }

  #frame(title: string, body: readonly Line[], foot: string): Line[] {
    return frame(title, this.#title, body, foot);
  }

  /** Draws, waits for keys, draws again, until `done`. @throws Left when nobody pressed a key for ten minutes */
  #ask<T>(
    draw: () => { lines: Line[]; cursor?: { row: number; column: number } },
    press: (key: Key, done: (value: T) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout;
      const end = () => {
        clearTimeout(timer);
        this.#listener = undefined;
        this.#redraw = undefined;
      };
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          end();
          reject(new Left());
        }, IDLE_MS);
      };
      const show = () => {
        const { lines, cursor } = draw();
        this.#screen.draw(lines, cursor);
      };
      let over = false;
      this.#redraw = show;
      this.#listener = (key) => {
        wait();
        press(key, (value) => {
          over = true;
          end();
          resolve(value);
        });
        if (!over) show();
      };
      wait();
      show();
    });
  }
}

const plain = (text: string): Line => ({ text: `  ${text}` });
