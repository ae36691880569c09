import { applyDecorators, HttpCode, SerializeOptions } from '@nestjs/common';
import { ApiProduces, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { problemDocument } from './problem.ts';

const problems = () => ApiResponse({ status: 'default', description: 'RFC 9457 problem document', standardSchema: problemDocument });

/**
 * What an endpoint answers. The answer is passed through the schema: fields it does not name are dropped, and an answer that does not fit is a 500.
 * @param list the answer is an array of the schema
 */
export const Returns = (schema: z.ZodType, { status = 200, list = false } = {}) =>
  applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description: 'Done', standardSchema: list ? z.array(schema) : schema }),
    problems(),
    SerializeOptions({ schema }),
  );

/** 204 without a body. */
export const ReturnsNothing = () => applyDecorators(HttpCode(204), ApiResponse({ status: 204, description: 'Done' }), problems());

/** A file or a stream that the handler writes itself. */
export const ReturnsFile = (contentType: string) =>
  applyDecorators(
    HttpCode(200),
    ApiProduces(contentType),
    ApiResponse({ status: 200, description: 'The file', schema: { type: 'string', format: 'binary' } }),
    problems(),
  );
