import type {} from '@fastify/multipart';
import { Controller, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ProblemError, problem, Returns } from '../http/index.ts';
import { Environment } from '../settings/environment.ts';
import { VERSION } from '../settings/version.ts';
import { imageVerdict } from './image-verdict.ts';
import { imageHash, type PublicKey, readPublicKey } from './minisign.ts';
import { readRelease } from './release.ts';
import { type ImageCheck, imageCheck } from './update.schemas.ts';

/** No image is larger than a DVD. */
const MAX_IMAGE = 4_700_000_000;

/** Looks at a new image before somebody boots it. Nothing of it is kept. */
@ApiTags('upgrade')
@Controller('update')
export class UpdateController {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  @Post('check')
  @ApiOperation({ summary: 'Whether an image is ours, which version it is, and what it would do; it is only read' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        signature: { type: 'string', description: 'Text of the .minisig file; before `file`' },
        file: { type: 'string', format: 'binary' },
      },
    },
  })
  @Returns(imageCheck)
  async check(@Req() request: FastifyRequest): Promise<ImageCheck> {
    const key = this.#publicKey();
    if (!request.isMultipart()) throw problem(415, 'multipart-needed', 'Send the image as multipart/form-data.');
    const hash = imageHash();
    let signature = '';
    let bytes: number | undefined;
    try {
      for await (const part of request.parts({ limits: { fileSize: MAX_IMAGE, files: 1, fields: 2, fieldSize: 4096 } })) {
        if (part.type === 'field') {
          if (part.fieldname === 'signature' && typeof part.value === 'string') signature = part.value;
          continue;
        }
        bytes = 0;
        for await (const piece of part.file as AsyncIterable<Buffer>) {
          hash.update(piece);
          bytes += piece.length;
        }
        if (part.file.truncated) throw problem(413, 'too-large', 'No image of Dialtone is that large.');
      }
    } catch (error) {
      if (error instanceof ProblemError || (error instanceof Error && 'statusCode' in error)) throw error;
      throw problem(400, 'bad-upload', 'The upload broke off, or is no multipart/form-data.');
    }
    if (bytes === undefined) throw problem(400, 'file-missing', 'Choose an image.');
    const verdict = imageVerdict(hash.digest(), signature, key, VERSION);
    const known = { running: VERSION, bytes };
    if (!verdict.ok) return { ...known, ok: false, code: verdict.code, reason: verdict.reason, version: null, build: null, effect: null };
    return { ...known, ok: true, code: null, reason: null, version: verdict.version, build: verdict.build, effect: verdict.effect };
  }

  #publicKey(): PublicKey {
    try {
      return readPublicKey(readRelease(this.#environment.releaseFile)?.publicKey ?? '');
    } catch {
      throw problem(409, 'no-public-key', 'This Dialtone was not made as an image, so it has no key to check one with.');
    }
  }
}
