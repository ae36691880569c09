import type { DataSource, EntityManager } from 'typeorm';
import { GroupWriter } from '../database/group-writer.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { splitList } from '../sip/message/index.ts';
import { type Binding, type BindingRow, fromRow, toRow } from './binding.ts';
import type { BindingStore } from './registrar.ts';

/** A binding to write, or the id of one to delete. */
type Change = { readonly id: number; readonly binding?: Binding };

const columns = [
  'id',
  'subscriberId',
  'aor',
  'contact',
  'params',
  'q',
  'expiresAt',
  'callId',
  'cseq',
  'instance',
  'regId',
  'path',
  'protocol',
  'remoteAddress',
  'remotePort',
  'localAddress',
  'localPort',
  'nat',
  'userAgent',
  'registeredAt',
  'refreshedAt',
] as const satisfies (keyof BindingRow)[];

const quoted = columns.map((column) => `"${column}"`);
const overwrite = quoted.slice(1).map((column) => `${column} = excluded.${column}`);

/** A commit wakes two sleeping threads several times, which costs more than ten rows: a busy house waits longer for company. */
const delayMs = (lastGroup: number) => (lastGroup < 20 ? 50 : 200);

/**
 * Writes bindings behind: a phone's answer never waits for the disk. What comes within the delay goes together, of several changes of one
 * binding only the last. Plain SQL that both engines understand: an entity a row would cost more than the whole REGISTER.
 */
export class BindingWriter implements BindingStore {
  readonly #writer: GroupWriter<Change>;
  readonly #onError: (error: unknown) => void;
  readonly #dialect: UnitOfWork['dialect'];

  constructor(uow: UnitOfWork, onError: (error: unknown) => void, maxDelayMs: number | typeof delayMs = delayMs) {
    this.#dialect = uow.dialect;
    this.#onError = onError;
    this.#writer = new GroupWriter<Change>({ uow, maxDelayMs, maxItems: 1000, flush: (manager, changes) => this.#flush(manager, changes) });
  }

  save(binding: Binding): void {
    this.#writer.push({ id: binding.id, binding }).catch(this.#onError);
  }

  remove(id: number): void {
    this.#writer.push({ id }).catch(this.#onError);
  }

  drain(): Promise<void> {
    return this.#writer.drain();
  }

  async #flush(manager: EntityManager, changes: readonly Change[]): Promise<void> {
    const last = new Map(changes.map((change) => [change.id, change.binding]));
    const rows: BindingRow[] = [];
    const gone: number[] = [];
    for (const [id, binding] of last) {
      if (binding) rows.push(toRow(binding));
      else gone.push(id);
    }
    if (gone.length > 0) await manager.query(`DELETE FROM "bindings" WHERE "id" IN (${this.#places(gone.length)})`, gone);
    if (rows.length === 0) return;
    const values = rows.map((_, row) => `(${this.#places(columns.length, row * columns.length)})`).join(', ');
    await manager.query(
      `INSERT INTO "bindings" (${quoted.join(', ')}) VALUES ${values} ON CONFLICT ("id") DO UPDATE SET ${overwrite.join(', ')}`,
      rows.flatMap((row) => columns.map((column) => row[column])),
    );
  }

  #places(count: number, from = 0): string {
    return Array.from({ length: count }, (_, i) => (this.#dialect === 'sqlite' ? '?' : `$${from + i + 1}`)).join(', ');
  }
}

/** Every stored binding. */
export async function readBindings(reader: DataSource): Promise<Binding[]> {
  const rows: BindingRow[] = await reader.query(`SELECT ${quoted.join(', ')} FROM "bindings" ORDER BY "id"`);
  return rows.map((row) => fromRow(row, splitList));
}
