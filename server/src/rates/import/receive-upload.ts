import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type {} from '@fastify/multipart';
import { HttpException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { fieldProblem, problem } from '../../http/index.ts';
import { type RateImportOptions, rateImportOptions } from './rate-import.schemas.ts';

export interface Upload {
  readonly folder: string;
  readonly fileName: string;
  readonly options: RateImportOptions;
}

/**
 * Streams the part `file` of a multipart request into upload.csv of a new folder, and reads the part `options` beside it.
 * @throws problem 415, 400 or 413, with the folder removed
 */
export async function receiveUpload(request: FastifyRequest, newFolder: () => Promise<string>): Promise<Upload> {
  if (!request.isMultipart()) throw problem(415, 'wrong-content-type', 'Send the file as multipart/form-data, in a part named file.');
  const folder = await newFolder();
  try {
    let fileName: string | undefined;
    let optionsText = '{}';
    for await (const part of request.parts()) {
      if (part.type === 'file' && part.fieldname === 'file') {
        fileName = printable(basename(part.filename || 'rates.csv'));
        await pipeline(part.file, createWriteStream(`${folder}/upload.csv`, { mode: 0o600 }));
      } else if (part.type === 'file') part.file.resume();
      else if (part.fieldname === 'options') optionsText = String(part.value);
    }
    if (fileName === undefined) throw fieldProblem('file', 'required', 'The file is missing: send it in a part named file');
    return { folder, fileName, options: readOptions(optionsText) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw isOfTheParser(error) ? problem(400, 'bad-upload', 'The upload broke off, or is no multipart/form-data.') : error;
  }
}

/** The parser of multipart bodies throws plain errors; a refusal of ours has a status, a fault of the disk its system call. */
const isOfTheParser = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof HttpException) && !('statusCode' in error) && !('syscall' in error);

const printable = (name: string): string => name.replace(/\p{Cc}/gu, '').slice(0, 200) || 'rates.csv';

function readOptions(text: string): RateImportOptions {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fieldProblem('options', 'invalid', 'The options are not JSON');
  }
  const result = rateImportOptions.safeParse(json);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    field: ['options', ...issue.path].join('.'),
    code: 'invalid',
    message: issue.message,
  }));
  throw problem(
    400,
    'invalid',
    errors
      .map((error) => `${error.field}: ${error.message}`)
      .join('; ')
      .slice(0, 500),
    errors,
  );
}
