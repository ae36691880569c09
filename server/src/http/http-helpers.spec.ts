import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { emailField, idParam, lineText, moneyInput, moneyText } from './fields.ts';
import { loggableUrl } from './logging.module.ts';
import { likeContains, orderOf, sortedPageQuery } from './page.ts';
import { ProblemError } from './problem.ts';
import { SchemaPipe } from './schema.pipe.ts';

const errorsOf = async (schema: z.ZodType, value: unknown) => {
  try {
    await new SchemaPipe().transform(value, { type: 'body', metatype: undefined, data: undefined, schema });
  } catch (error) {
    if (error instanceof ProblemError) return error.getResponse() as { code: string; errors: { field: string; code: string }[] };
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('SchemaPipe', () => {
  const schema = z.strictObject({ name: z.string().min(2), age: z.int(), tags: z.array(z.enum(['a'])).optional() });

  it('names every field at fault with a stable code', async () => {
    const { code, errors } = await errorsOf(schema, { name: 'x', tags: ['b'], more: 1 });
    expect(code).toBe('invalid');
    expect(errors.map((e) => [e.field, e.code])).toEqual([
      ['name', 'too-small'],
      ['age', 'required'],
      ['tags.0', 'not-a-choice'],
      ['more', 'unknown-field'],
    ]);
  });

  it('refuses a missing body', async () => {
    expect((await errorsOf(schema, undefined)).errors).toHaveLength(1);
  });

  it('fails closed for a parameter that nobody validates', async () => {
    await expect(new SchemaPipe().transform({}, { type: 'body', metatype: undefined, data: undefined })).rejects.toThrow('no schema');
  });
});

describe('fields', () => {
  it('reads money without floats', () => {
    expect(moneyInput.parse('12.5')).toBe(12_500_000);
    expect(moneyInput.parse('-0.03942')).toBe(-39_420);
    for (const bad of ['1e3', '1,5', '0.1234567', '', ' 1', 'NaN', '99999999999']) expect(moneyText.safeParse(bad).success).toBe(false);
  });

  it('keeps control characters out of lines and lowers e-mail addresses', () => {
    expect(lineText(80).safeParse('Anna\r\nBcc: x').success).toBe(false);
    expect(emailField.parse(' Anna@Example.org ')).toBe('anna@example.org');
    expect(emailField.safeParse('anna@example.org\r\nBcc: x@example.org').success).toBe(false);
  });

  it('takes only whole ids', () => {
    for (const bad of ['0', '-1', '1.5', 'x', '', '9007199254740993']) expect(idParam.safeParse(bad).success).toBe(false);
  });
});

describe('lists', () => {
  const query = sortedPageQuery(['name', 'at'], '-at');
  it('has defaults and limits', () => {
    expect(query.parse({})).toEqual({ page: 1, pageSize: 50, sort: '-at' });
    for (const bad of [{ page: '0' }, { pageSize: '251' }, { sort: 'secret' }, { sort: '--at' }, { other: '1' }]) {
      expect(query.safeParse(bad).success).toBe(false);
    }
  });
  it('orders and searches', () => {
    expect(orderOf('-at')).toEqual({ field: 'at', direction: 'DESC' });
    expect(likeContains('50%_\\')).toBe('%50\\%\\_\\\\%');
  });
});

it('logs no query and no provisioning token', () => {
  expect(loggableUrl('/api/v1/provision/abc?x=1')).toBe('/api/v1/provision/...');
  expect(loggableUrl('/reset?token=abc')).toBe('/reset');
});
