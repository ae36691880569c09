import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PromptLanguageScope } from '../directory/prompt-languages.ts';

/** The language services speak to a subscriber, or to all of a domain. */
@Entity('prompt_languages')
export class PromptLanguageEntity {
  @PrimaryColumn({ type: 'varchar', length: 12 })
  scope: PromptLanguageScope;

  /** Name of the domain, or id of the subscriber. */
  @PrimaryColumn({ type: 'varchar', length: 253 })
  key: string;

  @Column({ type: 'varchar', length: 2 })
  language: string;
}
