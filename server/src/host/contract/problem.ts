import { z } from 'zod';

/** RFC 9457, the body of every answer of 400 and above on the host socket. `code` is stable. */
export const hostProblem = z.object({ status: z.int(), code: z.string(), detail: z.string() });
export type HostProblem = z.infer<typeof hostProblem>;
