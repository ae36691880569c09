import { z } from 'zod';

/**
 * Why the server does not run on this data (EXIT_REFUSED), as it left it in REFUSAL_FILE: the agent says it in the language of the console.
 * - data-newer: it was last used by version `data`, newer than this one, `ours`; the same number means a newer build of it
 * - upgrade-undone: the upgrade to `undone` was undone, the data belongs to `data` again
 */
export const serverRefusal = z.discriminatedUnion('code', [
  z.object({ code: z.literal('data-newer'), data: z.string(), ours: z.string() }),
  z.object({ code: z.literal('upgrade-undone'), undone: z.string(), data: z.string() }),
]);
export type ServerRefusal = z.infer<typeof serverRefusal>;
