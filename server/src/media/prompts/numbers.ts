/** Numbers as lists of prompts. English and Spanish are spoken as people speak them, any other language digit by digit. */

export function numberPrompts(language: string, value: number): string[] {
  const whole = Math.trunc(Math.abs(value));
  // Beyond this nobody follows: digits.
  if (!Number.isFinite(value) || whole >= 1e12) return digitPrompts(String(whole));
  const words = language === 'en' ? english(whole) : language === 'es' ? spanish(whole) : digitPrompts(String(whole));
  return value < 0 && whole > 0 ? ['digits/minus', ...words] : words;
}

/** What is on a keypad or in an address, one by one; what has no prompt is left out. */
export function digitPrompts(text: string): string[] {
  return [...text.toLowerCase()].flatMap((sign) => {
    if (/\d/.test(sign)) return [`digits/${sign}`];
    if (/[a-z]/.test(sign)) return [`letters/${sign}`];
    const name = SIGNS[sign];
    return name === undefined ? [] : [name];
  });
}

const SIGNS: Readonly<Record<string, string>> = {
  '*': 'digits/star',
  '#': 'digits/pound',
  '+': 'letters/plus',
  '.': 'letters/dot',
  '@': 'letters/at',
  '-': 'letters/dash',
};

function english(n: number): string[] {
  for (const [size, name] of [
    [1e9, 'billion'],
    [1e6, 'million'],
    [1e3, 'thousand'],
    [100, 'hundred'],
  ] as const) {
    if (n >= size) return [...english(Math.floor(n / size)), `digits/${name}`, ...rest(english, n % size)];
  }
  return n <= 20 || n % 10 === 0 ? [`digits/${n}`] : [`digits/${n - (n % 10)}`, `digits/${n % 10}`];
}

function spanish(n: number): string[] {
  if (n >= 1e6) {
    const millions = Math.floor(n / 1e6);
    const head = millions === 1 ? ['digits/1M', 'digits/million'] : [...spanish(millions), 'digits/millions'];
    return [...head, ...rest(spanish, n % 1e6)];
  }
  if (n >= 1000) {
    const thousands = Math.floor(n / 1000);
    return [...(thousands === 1 ? [] : spanish(thousands)), 'digits/thousand', ...rest(spanish, n % 1000)];
  }
  if (n === 100) return ['digits/hundred'];
  if (n > 100) return [n < 200 ? 'digits/100-and' : `digits/${n - (n % 100)}`, ...rest(spanish, n % 100)];
  return n < 30 || n % 10 === 0 ? [`digits/${n}`] : [`digits/${n - (n % 10)}`, 'digits/and', `digits/${n % 10}`];
}

const rest = (speak: (n: number) => string[], n: number): string[] => (n === 0 ? [] : speak(n));
