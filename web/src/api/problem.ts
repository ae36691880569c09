import type { MessageKey, Texts } from '#app/i18n/index.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';

/** RFC 9457 problem document, as the server sends it. */
export interface Problem {
  status: number;
  /** Stable, for programs: 'validation', 'not-found', 'conflict' ... */
  code: string;
  title?: string;
  detail?: string;
  errors?: { field: string; code: string; message: string }[];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Whatever a failed request threw, as a problem: a problem document, or a broken line (`network`). */
export function problemOf(error: unknown): Problem {
  if (isObject(error) && typeof error.status === 'number') {
    const problem: Problem = { status: error.status, code: text(error.code) ?? `http-${error.status}` };
    const title = text(error.title) ?? text(error.message);
    const detail = text(error.detail);
    if (title !== undefined) problem.title = title;
    if (detail !== undefined) problem.detail = detail;
    if (Array.isArray(error.errors)) {
      problem.errors = error.errors.filter(isObject).map((each) => ({
        field: text(each.field) ?? '',
        code: text(each.code) ?? '',
        message: text(each.message) ?? '',
      }));
    }
    return problem;
  }
  return { status: 0, code: 'network' };
}

/** The problem in the reader's language: by its code, else the server's own sentence. */
export function problemText(error: unknown, { t, maybe, language }: Pick<Texts, 't' | 'maybe' | 'language'>): string {
  const problem = problemOf(error);
  const known = maybe(`problem.${problem.code}`);
  if (known !== undefined) return known;
  if (problem.detail) return serverSentence(problem.detail, { t, language });
  if (problem.title) return problem.title;
  return t((problem.status >= 500 ? 'problem.server' : 'problem.refused') satisfies MessageKey);
}
