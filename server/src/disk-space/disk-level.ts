/** How full the disk is; the numbers are per cent. */
export const LEVELS = [0, 80, 90, 95] as const;
export type DiskLevel = (typeof LEVELS)[number];

/** A level ends this many points below where it began, so that a disk at its edge does not ring all day. */
const HYSTERESIS = 2;

/** The level of a disk that is `used` (0..1) full and was at `before`. */
export function diskLevel(used: number, before: DiskLevel): DiskLevel {
  const percent = used * 100;
  return LEVELS.findLast((level) => percent >= (level <= before ? level - HYSTERESIS : level)) ?? 0;
}

/** Of statfs(2), as df(1) counts: blocks that only root may use count neither as free nor as there. */
export function usedShare(disk: { blocks: number; bfree: number; bavail: number }): number {
  const used = disk.blocks - disk.bfree;
  const whole = used + disk.bavail;
  return whole === 0 ? 0 : used / whole;
}
