import { readdirSync, readFileSync } from 'node:fs';

/** Fields of /proc/PID/stat after the name: parent at 1, user and system time at 11 and 12, in ticks of 10 ms. */
function statOf(pid: number | string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}

/** CPU microseconds (user and system) of a process with its threads, its children and theirs, since their start. */
export function cpuOfFamily(pid: number): number {
  const stats = new Map<number, string[]>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(entry) : undefined;
    if (stat) stats.set(Number(entry), stat);
  }
  let ticks = 0;
  const family = [pid];
  for (const member of family) {
    const own = stats.get(member);
    ticks += Number(own?.[11] ?? 0) + Number(own?.[12] ?? 0);
    for (const [child, stat] of stats) if (Number(stat[1]) === member) family.push(child);
  }
  return ticks * 10_000;
}
