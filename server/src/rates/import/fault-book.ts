import type { FaultGroup, RowFault } from './import-types.ts';

const SHOWN = 20;

/** Faults by cause: all counted, the first of each kept. */
export class FaultBook {
  readonly #groups = new Map<string, { count: number; rows: RowFault[] }>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(cause: string, fault: RowFault): void {
    let group = this.#groups.get(cause);
    if (!group) {
      group = { count: 0, rows: [] };
      this.#groups.set(cause, group);
    }
    group.count++;
    this.#total++;
    if (group.rows.length < SHOWN) group.rows.push(fault);
  }

  /** The commonest first. */
  groups(): FaultGroup[] {
    return [...this.#groups].map(([cause, group]) => ({ cause, ...group })).sort((a, b) => b.count - a.count);
  }
}
