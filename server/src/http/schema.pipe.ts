import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type FieldError, problem } from './problem.ts';

const segment = (part: PropertyKey | StandardSchemaV1.PathSegment): string => String(typeof part === 'object' ? part.key : part);

const CODES: Readonly<Record<string, string>> = {
  too_small: 'too-small',
  too_big: 'too-big',
  invalid_format: 'format',
  invalid_value: 'not-a-choice',
  invalid_type: 'type',
  not_multiple_of: 'step',
};

/** Zod's issues carry more than the standard promises; each part is looked at before it is used. */
function fieldErrors(issue: StandardSchemaV1.Issue, prefix: string): FieldError[] {
  const field = [prefix, ...(issue.path ?? []).map(segment)].filter((part) => part !== '').join('.');
  const given = 'code' in issue && typeof issue.code === 'string' ? issue.code : '';
  if (given === 'unrecognized_keys' && 'keys' in issue && Array.isArray(issue.keys)) {
    return issue.keys.map((key) => ({
      field: field ? `${field}.${key}` : String(key),
      code: 'unknown-field',
      message: 'This field does not exist',
    }));
  }
  const params = 'params' in issue && typeof issue.params === 'object' && issue.params !== null ? issue.params : {};
  if ('code' in params && typeof params.code === 'string') return [{ field, code: params.code, message: issue.message }];
  const missing = given === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ field, code: missing ? 'required' : (CODES[given] ?? 'invalid'), message: missing ? 'This field is required' : issue.message }];
}

/**
 * Validates every body, query and path parameter by the schema its decorator names, and hands the parsed value on.
 * A parameter without a schema is a fault of ours and fails closed.
 */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    const schema = metadata.schema;
    if (!schema) throw new Error(`The ${metadata.type} parameter "${metadata.data ?? ''}" has no schema`);
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    const errors = result.issues.slice(0, 50).flatMap((issue) => fieldErrors(issue, metadata.data ?? ''));
    throw problem(
      400,
      'invalid',
      errors
        .map((e) => (e.field ? `${e.field}: ${e.message}` : e.message))
        .join('; ')
        .slice(0, 500),
      errors.slice(0, 100),
    );
  }
}
