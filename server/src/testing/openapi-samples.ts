/** A JSON schema as the OpenAPI document holds it; only what the fuzzer looks at. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  minimum?: number;
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly schema: JsonSchema }[];
  readonly body: JsonSchema | undefined;
}

interface ParameterDocument {
  in: string;
  name: string;
  schema?: JsonSchema;
}

interface OperationDocument {
  parameters?: ParameterDocument[];
  requestBody?: { content?: Record<string, { schema?: JsonSchema }> };
}

export interface ApiDocument {
  paths: Record<string, Record<string, unknown>>;
  components?: { schemas?: Record<string, unknown> };
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Every operation of the document. */
export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as OperationDocument | undefined;
      if (!operation) return [];
      const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
      return [
        {
          method: method.toUpperCase() as Operation['method'],
          path,
          query: query.map(({ name, schema }) => ({ name, schema: schema ?? {} })),
          body: operation.requestBody?.content?.['application/json']?.schema,
        },
      ];
    }),
  );
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32): a failure can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What breaks careless code. */
export const hostile: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\u0000',
  'a\r\nX-Injected: 1',
  '\uD800',
  'Ω≈ç√ 😀',
  '"\'`;--',
  "' OR 1=1 --",
  '%',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '9'.repeat(40),
  'a'.repeat(5_000),
  '-0.0000001',
  '1e5',
  'NaN',
  '2026-99-99T99:99:99Z',
  [],
  [null],
  [[[[]]]],
  {},
  { toString: 1 },
  { constructor: { prototype: {} } },
];

const plausible = [
  '1001',
  'example.org',
  '12.50',
  'ana@example.org',
  '2026-01-01T00:00:00.000Z',
  'a-long-enough-password',
  'sip:1001@192.0.2.1',
  '00',
  '192.0.2.1',
];

/** Something like what the schema wants; strings are taken from a pool, so patterns often do not fit. */
export function sample(schema: JsonSchema, document: ApiDocument, random: () => number, depth = 0): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) as string;
    return depth > 6 ? null : sample((document.components?.schemas?.[name] ?? {}) as JsonSchema, document, random, depth + 1);
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(schema.enum);
  const choice = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choice) return sample(pick(choice), document, random, depth + 1);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object': {
      const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name) || random() < 0.5);
      return Object.fromEntries(wanted.map(([name, part]) => [name, sample(part, document, random, depth + 1)]));
    }
    case 'array':
      return Array.from({ length: Math.floor(random() * 3) }, () => sample(schema.items ?? {}, document, random, depth + 1));
    case 'integer':
    case 'number':
      return (schema.minimum ?? 0) + Math.floor(random() * 5);
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    default:
      return pick(plausible);
  }
}

/** Puts something hostile at a random place of a value, or takes something away. */
export function spoil(value: unknown, random: () => number): unknown {
  const bad = hostile[Math.floor(random() * hostile.length)];
  if (typeof value !== 'object' || value === null || random() < 0.15) return bad;
  if (Array.isArray(value)) return [...value, bad];
  const names = Object.keys(value);
  const name = names[Math.floor(random() * names.length)];
  if (name === undefined || random() < 0.1) return { ...value, unknownField: bad };
  const copy: Record<string, unknown> = { ...value };
  if (random() < 0.1) delete copy[name];
  else copy[name] = random() < 0.4 ? spoil(copy[name], random) : bad;
  return copy;
}
