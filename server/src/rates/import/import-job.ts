import { timeOf } from '../../http/index.ts';
import type { Dialect, FaultGroup, ImportColumn, ImportCounts, ImportTask, RateField } from './import-types.ts';
import type { IMPORT_STATES, RateImportDto } from './rate-import.schemas.ts';

export type ImportState = (typeof IMPORT_STATES)[number];

/** The life of an import. A changed mapping has the file read again. */
export const IMPORT_TRANSITIONS: Readonly<Record<ImportState, readonly ImportState[]>> = {
  reading: ['mapping', 'checking', 'failed', 'cancelled', 'reading'],
  mapping: ['reading', 'cancelled'],
  checking: ['ready', 'failed', 'cancelled', 'reading'],
  ready: ['committing', 'cancelled', 'reading'],
  committing: ['done', 'failed'],
  done: [],
  failed: ['reading', 'cancelled'],
  cancelled: [],
};

export interface ImportSettings {
  tariffId: number;
  mode: ImportTask['mode'];
  /** Epoch ms, 0 = always. */
  effectiveFrom: number;
}

/** One import, in memory: nothing of it is worth keeping over a restart. */
export class ImportJob {
  readonly id: string;
  readonly folder: string;
  readonly fileName: string;
  readonly createdAt: number;
  touchedAt: number;
  settings: ImportSettings;
  /** What the person has set, or was guessed. */
  dialect: Dialect = { separator: ',', decimal: '.', headerRow: true };
  columns: readonly ImportColumn[] = [];
  progress = 0;
  counts: ImportCounts | null = null;
  errors: readonly FaultGroup[] = [];
  warnings: readonly FaultGroup[] = [];
  error: { code: string; message: string } | null = null;
  #state: ImportState = 'reading';

  constructor(id: string, folder: string, fileName: string, settings: ImportSettings) {
    this.id = id;
    this.folder = folder;
    this.fileName = fileName;
    this.settings = settings;
    this.createdAt = Date.now();
    this.touchedAt = this.createdAt;
  }

  get state(): ImportState {
    return this.#state;
  }

  get over(): boolean {
    return this.#state === 'done' || this.#state === 'cancelled';
  }

  /** Takes no place among the open ones; a failed one may still be read again. */
  get finished(): boolean {
    return this.over || this.#state === 'failed';
  }

  may(state: ImportState): boolean {
    return IMPORT_TRANSITIONS[this.#state].includes(state);
  }

  /** @throws Error for a step that the table does not know */
  enter(state: ImportState): void {
    if (!this.may(state)) throw new Error(`an import cannot go from ${this.#state} to ${state}`);
    this.#state = state;
    this.touchedAt = Date.now();
  }

  /** Forgets what a check found: the file is about to be read again. */
  restart(): void {
    this.enter('reading');
    this.progress = 0;
    this.counts = null;
    this.errors = [];
    this.warnings = [];
    this.error = null;
  }

  fail(code: string, message: string): void {
    this.enter('failed');
    this.error = { code, message };
  }

  task(database: string, dialect: Partial<Dialect>, fields: readonly (RateField | null)[] | null): ImportTask {
    return {
      upload: this.file('upload.csv'),
      staging: this.file('staged.sqlite'),
      rejected: this.file('rejected.csv'),
      database,
      ...this.settings,
      dialect,
      fields,
    };
  }

  file(name: 'upload.csv' | 'staged.sqlite' | 'rejected.csv'): string {
    return `${this.folder}/${name}`;
  }

  dto(): RateImportDto {
    return {
      id: this.id,
      state: this.#state,
      fileName: this.fileName,
      tariffId: this.settings.tariffId,
      progress: this.progress,
      columns: this.columns.map((column) => ({ ...column, sample: [...column.sample] })),
      options: {
        ...this.dialect,
        mode: this.settings.mode,
        effectiveFrom: this.settings.effectiveFrom === 0 ? null : timeOf(this.settings.effectiveFrom),
      },
      counts: this.counts,
      errors: this.errors.map(groupDto),
      warnings: this.warnings.map(groupDto),
      error: this.error,
      createdAt: timeOf(this.createdAt),
    };
  }
}

const groupDto = (group: FaultGroup): RateImportDto['errors'][number] => ({ ...group, rows: [...group.rows] });
