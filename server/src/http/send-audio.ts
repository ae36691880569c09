import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from './problem.ts';

/** One range of bytes of a file (RFC 9110 14.1.2); undefined: what was asked for is not one such range, or none was. */
export function rangeOf(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}

/**
 * Sends a WAV file to a player, which asks for parts of it to jump to and fro.
 * @param download name of the file, when it is to be kept instead of played
 * @throws problem 404, 416
 */
export async function sendAudio(request: FastifyRequest, reply: FastifyReply, path: string, download?: string): Promise<void> {
  const file = await stat(path).catch(() => undefined);
  if (!file) throw problem(404, 'not-found', 'The recording is not there any more.');
  const range = rangeOf(request.headers.range, file.size);
  if (range === 'unsatisfiable') throw problem(416, 'range-not-satisfiable', 'The recording is shorter than that.');
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  reply.headers({
    'content-type': 'audio/wav',
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    // Private words: no cache keeps them.
    'cache-control': 'no-store',
    'content-disposition': download === undefined ? 'inline' : `attachment; filename="${download}"`,
    ...(range && { 'content-range': `bytes ${start}-${end}/${file.size}` }),
  });
  await reply.code(range ? 206 : 200).send(createReadStream(path, { start, end }));
}
