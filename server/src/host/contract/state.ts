import { z } from 'zod';

/**
 * Where the data disk stands.
 * - looking: at boot, disks may still appear
 * - ready: mounted, the server may run on it
 * - missing: no data disk found; never taken for a new installation
 * - duplicate: more than one disk says to be ours; a person chooses
 * - damaged: it is there, but its file system could not be repaired by itself, or it does not mount
 * - demo: on memory, everything is lost at power-off
 */
export const DATA_STATES = ['looking', 'ready', 'missing', 'duplicate', 'damaged', 'demo'] as const;
export const dataState = z.enum(DATA_STATES);
export type DataState = z.infer<typeof dataState>;

/** What e2fsck said at boot. `clean`: nothing to do; `repaired`: errors were corrected; `failed`: a person is needed; `none`: not run (demo). */
export const fsckResult = z.object({
  outcome: z.enum(['none', 'clean', 'repaired', 'failed']),
  /** Exit code of e2fsck(8): a bit field; null when it did not run. */
  exitCode: z.int().nullable(),
  /** Its last lines. */
  summary: z.string(),
});
export type FsckResult = z.infer<typeof fsckResult>;

/** The marker file `.dialtone.json` in the root of the data disk: names the installation. Written once, when the disk is prepared. */
export const marker = z.object({
  applianceId: z.uuid(),
  schema: z.literal(1),
  /** ISO 8601. */
  created: z.iso.datetime(),
  /** PARTUUID of the partition it was written for, lower case; null in demo mode. A copy of the file elsewhere is not a data disk. */
  partuuid: z.string().nullable(),
  /** Version of Dialtone that prepared the disk. */
  version: z.string(),
  demo: z.boolean().optional(),
});
export type Marker = z.infer<typeof marker>;

/** A disk that carries a valid marker: facts to choose by. */
export const candidate = z.object({
  partuuid: z.string(),
  /** Kernel name of the partition, "sda3". */
  device: z.string(),
  model: z.string(),
  serial: z.string(),
  /** Bytes of the partition. */
  size: z.number(),
  applianceId: z.string(),
  created: z.string(),
  /** ISO 8601 of the last time the file system was written; null when unknown. */
  lastUsed: z.string().nullable(),
});
export type Candidate = z.infer<typeof candidate>;

export const dataDisk = z.object({
  device: z.string(),
  partuuid: z.string().nullable(),
  model: z.string(),
  serial: z.string(),
  /** Bytes of the file system, and what is free of it for Dialtone. */
  size: z.number(),
  free: z.number(),
  /** On the stick Dialtone booted from: it wears, and better moves to a disk. */
  onBootMedium: z.boolean(),
});
export type DataDisk = z.infer<typeof dataDisk>;

/** `/run/dialtone-host/state.json` and `GET /state`. */
export const hostState = z.object({
  state: dataState,
  /** Nothing is kept: a banner on every page (M-2). */
  demo: z.boolean(),
  /** Product version of the image. */
  version: z.string(),
  buildId: z.string(),
  hostname: z.string(),
  disk: dataDisk.nullable(),
  fsck: fsckResult,
  /** Disks to choose from in state `duplicate`. */
  candidates: z.array(candidate),
  /** One sentence for people: what is wrong and what to do; empty when nothing is. */
  problem: z.string(),
  /** Faults of an unattended set-up, each in words. */
  unattendedFaults: z.array(z.string()),
  applianceId: z.string().nullable(),
  /** Whether the server answers, and what it said when it would not start (newer data, full disk ...). */
  server: z.object({ running: z.boolean(), refusal: z.string() }),
});
export type HostState = z.infer<typeof hostState>;
