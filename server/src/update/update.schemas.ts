import { z } from 'zod';

export const imageCheck = z
  .object({
    ok: z.boolean(),
    /** Why it is refused; null when it is good. */
    code: z.enum(['missing', 'unreadable', 'other-kind', 'other-key', 'changed', 'comment-changed', 'no-image']).nullable(),
    /** The same in English. */
    reason: z.string().nullable(),
    version: z.string().nullable(),
    build: z.string().nullable(),
    effect: z.enum(['upgrade', 'same', 'older']).nullable().describe('What booting it over the data of now would do'),
    running: z.string().describe('Version that runs now'),
    bytes: z.int(),
  })
  .meta({ id: 'ImageCheck' });
export type ImageCheck = z.infer<typeof imageCheck>;
