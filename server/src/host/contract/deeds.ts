import { z } from 'zod';

/** Something that was changed on the console, for the audit log of the server. Action and entity are those of the audit. */
export const deed = z.object({
  /** ISO 8601. */
  at: z.iso.datetime(),
  action: z.string().max(40),
  entity: z.string().max(40),
  details: z.record(z.string(), z.unknown()),
});
export type Deed = z.infer<typeof deed>;

/** `GET /deeds`: those that were not taken over yet, oldest first. */
export const deedList = z.object({ deeds: z.array(deed) });

/** `POST /deeds/taken` -> 204: the first so many of that list are in the audit. */
export const deedsTaken = z.strictObject({ count: z.int().min(0).max(10_000) });
