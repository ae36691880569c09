import {
  escapeUriParam,
  fromWire,
  isParamValueCode,
  isToken,
  quote,
  SipSyntaxError,
  skipQuoted,
  skipSpace,
  skipToken,
  toWire,
  unescapeUri,
  unquote,
} from './syntax.ts';

/** `text` is the wire form ("Name=value"), kept so that what was not changed leaves as it came. */
interface Param {
  name: string;
  value: string | true;
  text: string;
}

const NONE: readonly Param[] = [];

/** The ";name=value" list after a header value. Names are case-insensitive, order is kept, quoted values are unquoted by `get`. */
export class Params {
  protected list: readonly Param[] = NONE;

  /** Reads header parameters from `from` to the end of `text`: white space around ";" and "=" and quoted values are allowed. */
  static parseHeader(text: string, from: number): Params {
    const params = new Params();
    let i = skipSpace(text, from);
    if (i === text.length) return params;
    const list: Param[] = [];
    while (i < text.length) {
      if (text.charCodeAt(i) !== 0x3b) throw new SipSyntaxError('";" expected before a parameter');
      const start = skipSpace(text, i + 1);
      const nameEnd = skipToken(text, start);
      if (nameEnd === start) throw new SipSyntaxError('empty parameter');
      const name = text.slice(start, nameEnd);
      i = skipSpace(text, nameEnd);
      if (text.charCodeAt(i) !== 0x3d) {
        list.push({ name: name.toLowerCase(), value: true, text: name });
        continue;
      }
      const valueStart = skipSpace(text, i + 1);
      i = valueStart;
      if (text.charCodeAt(i) === 0x22) i = skipQuoted(text, i);
      else while (i < text.length && isParamValueCode(text.charCodeAt(i))) i++;
      if (i <= valueStart) throw new SipSyntaxError(`parameter ${name} without a value`);
      const value = text.slice(valueStart, i);
      list.push({ name: name.toLowerCase(), value: fromWire(unquote(value)), text: `${name}=${value}` });
      i = skipSpace(text, i);
    }
    params.list = list;
    return params;
  }

  get(name: string): string | true | undefined {
    const list = this.list;
    if (list.length === 0) return undefined;
    const key = name.toLowerCase();
    for (let i = 0; i < list.length; i++) if (list[i]!.name === key) return list[i]!.value;
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Sets or adds; without a value the parameter is a bare flag. The value is quoted or escaped as the place asks. */
  set(name: string, value?: string): void {
    if (!isToken(name)) throw new SipSyntaxError('parameter name is not a token');
    const param: Param = {
      name: name.toLowerCase(),
      value: value ?? true,
      text: value === undefined ? name : `${name}=${this.encode(value)}`,
    };
    const at = this.list.findIndex((p) => p.name === param.name);
    this.list = at < 0 ? [...this.list, param] : this.list.with(at, param);
  }

  delete(name: string): void {
    const key = name.toLowerCase();
    if (this.has(key)) this.list = this.list.filter((p) => p.name !== key);
  }

  names(): string[] {
    return this.list.map((p) => p.name);
  }

  get size(): number {
    return this.list.length;
  }

  clone(): Params {
    const copy = new Params();
    copy.list = this.list;
    return copy;
  }

  toString(): string {
    let out = '';
    for (const param of this.list) out += `;${param.text}`;
    return out;
  }

  protected encode(value: string): string {
    if (/[\r\n]/.test(value)) throw new SipSyntaxError('line break in a parameter');
    const wire = toWire(value);
    for (let i = 0; i < wire.length; i++) if (!isParamValueCode(wire.charCodeAt(i))) return quote(wire);
    return wire === '' ? '""' : wire;
  }
}

/** The parameters of a URI: no white space, no quotes, %XX escapes. */
export class UriParams extends Params {
  /** Reads URI parameters; `text` starts with ";" or is empty. */
  static parseUri(text: string): UriParams {
    const params = new UriParams();
    if (text.length === 0) return params;
    const list: Param[] = [];
    for (let start = 1, end: number; start <= text.length; start = end + 1) {
      end = text.indexOf(';', start);
      if (end < 0) end = text.length;
      const part = text.slice(start, end);
      const eq = part.indexOf('=');
      const name = unescapeUri(eq < 0 ? part : part.slice(0, eq)).toLowerCase();
      if (name === '') throw new SipSyntaxError('empty URI parameter');
      list.push({ name, value: eq < 0 ? true : unescapeUri(part.slice(eq + 1)), text: part });
    }
    params.list = list;
    return params;
  }

  override clone(): UriParams {
    const copy = new UriParams();
    copy.list = this.list;
    return copy;
  }

  protected override encode(value: string): string {
    return escapeUriParam(value);
  }
}
