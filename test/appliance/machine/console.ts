import { eventually, sleep } from '../../support/wait.ts';
import { BOOT_MS, type Machine } from './machine.ts';

/** What an answer of the console may take on a machine without KVM that shares its processors. */
const PATIENCE_MS = 120_000;
const ENTER = '\r';
const ESCAPE = '\u001b';

/** A person at the serial console of Dialtone. */
export class Console {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get text(): string {
    return this.#machine.screen.text;
  }

  /** Waits until the screen shows this; a machine that died ends the wait. */
  async shows(pattern: RegExp | string, withinMs = PATIENCE_MS): Promise<string> {
    const what = `the console shows ${pattern}`;
    try {
      const seen = await eventually(
        what,
        () => {
          const { text } = this;
          const shown = typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
          return shown || !this.#machine.running ? { text, shown } : undefined;
        },
        withinMs,
      );
      if (!seen.shown) throw new Error(`The machine is off before ${what}`);
      return seen.text;
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n--- console of ${this.#machine.name}\n${this.text}\n---`);
    }
  }

  /** The first screen, in English or Spanish, in a state that fits. */
  overview(state: RegExp, withinMs = BOOT_MS): Promise<string> {
    return this.shows(new RegExp(`(?:State|Estado) +.*(?:${state.source})`), withinMs);
  }

  async openMenu(): Promise<void> {
    await this.shows('Enter: menu');
    this.#machine.press(ENTER);
    await this.shows('Power off');
  }

  /** Chooses the line of a list that contains this, by the sign before it. */
  async choose(label: string | RegExp): Promise<void> {
    const matches = (line: string) => (typeof label === 'string' ? line.includes(label) : label.test(line));
    const line = await eventually(
      `the list has ${label}`,
      () => this.#machine.screen.lines.find((row) => /^ {2}\S {2}/.test(row) && matches(row)),
      PATIENCE_MS,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.text}`);
    });
    await this.#machine.type(line[2] ?? '');
  }

  /** A line of text, taken with Enter; what stood there before is wiped first. */
  async enter(text: string, wipe = 0): Promise<void> {
    for (let count = 0; count < wipe; count++) await this.#machine.type('\u007f');
    await this.#machine.type(text);
    await sleep(300);
    this.#machine.press(ENTER);
  }

  async enterKey(): Promise<void> {
    this.#machine.press(ENTER);
    await sleep(300);
  }

  /** Back to the first screen. */
  async leave(): Promise<void> {
    for (let tries = 0; tries < 6 && !/Enter: menu/.test(this.text); tries++) {
      this.#machine.press(ESCAPE);
      await sleep(1500);
    }
    await this.shows('Enter: menu');
  }
}
