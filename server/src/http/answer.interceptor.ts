import { Injectable, StandardSchemaSerializerInterceptor } from '@nestjs/common';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Passes every answer through the schema its endpoint promises; what does not fit is a fault of ours, named by its path. */
@Injectable()
export class AnswerInterceptor extends StandardSchemaSerializerInterceptor {
  override async transformToPlain(answer: object, schema: StandardSchemaV1, options?: StandardSchemaV1.Options) {
    const result = await schema['~standard'].validate(answer, options);
    if (!result.issues) return result.value as Record<string, unknown>;
    const faults = result.issues.slice(0, 5).map((issue) => {
      const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
      return `${path}: ${issue.message}`;
    });
    throw new Error(`The answer does not fit its schema: ${faults.join('; ')}`);
  }
}
