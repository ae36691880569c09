import fc from 'fast-check';

/** The part of JSON schema that our OpenAPI document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
}

/** Texts that some field takes for good, and texts that have broken programs. */
const TEXTS = [
  '1001',
  'sip.example.org',
  'anna@example.org',
  '12.50',
  '-0.01',
  '0.0000001',
  'EUR',
  '2026-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '+442079460000',
  '00',
  'sip:1001@127.0.0.1',
  'long enough password',
  'http://x.example',
  '',
  ' ',
  '\u0000',
  'a\r\nBcc: b@example.org',
  "'; DROP TABLE subscribers; --",
  '%00%',
  '../../etc/passwd',
  '{{name}}',
  '\ud800',
  '𝕏'.repeat(50),
  'x'.repeat(5000),
  '1e308',
  'NaN',
  '__proto__',
];
const NUMBERS = [0, -1, 1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, Number.MIN_VALUE];
const WRONG: unknown[] = [null, true, [], {}, [[]], { a: { b: {} } }, '', 0, -1, 'x', [null], { toString: 1 }, { constructor: {} }];

/** Values around a schema: mostly of the right shape, at its edges, and now and then something else. */
export function around(schema: JsonSchema, resolve: (ref: string) => JsonSchema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return around(resolve(schema.$ref), resolve, depth);
  const wrong = fc.constantFrom(...WRONG);
  const right = fitting(schema, resolve, depth);
  return fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function fitting(schema: JsonSchema, resolve: (ref: string) => JsonSchema, depth: number): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices && choices.length > 0) return fc.oneof(...choices.map((choice) => around(choice, resolve, depth)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum && schema.enum.length > 0) return fc.constantFrom(...schema.enum);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object' || schema.properties) return objects(schema, resolve, depth);
  if (type === 'array') return depth > 4 ? fc.constant([]) : fc.array(around(schema.items ?? {}, resolve, depth + 1), { maxLength: 4 });
  if (type === 'integer' || type === 'number') {
    const edges = [schema.minimum, schema.maximum].filter((n) => n !== undefined).flatMap((n) => [n - 1, n, n + 1]);
    return fc.oneof(fc.constantFrom(...NUMBERS, ...edges), fc.integer());
  }
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  const long = schema.maxLength === undefined ? [] : ['y'.repeat(schema.maxLength), 'y'.repeat(schema.maxLength + 1)];
  return fc.oneof(fc.constantFrom(...TEXTS, ...long), fc.string({ unit: 'binary', maxLength: 40 }));
}

function objects(schema: JsonSchema, resolve: (ref: string) => JsonSchema, depth: number): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, part]) => [key, around(part, resolve, depth + 1)]));
  const whole = fc.record(model);
  const partly = fc.record(model, { requiredKeys: [] });
  return fc.oneof(
    { weight: 3, arbitrary: whole },
    { weight: 2, arbitrary: partly },
    { weight: 1, arbitrary: fc.tuple(whole, fc.jsonValue()).map(([o, more]) => ({ ...o, more })) },
  );
}
