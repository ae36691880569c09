import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import type { PromptLanguageScope } from '../directory/prompt-languages.ts';
import { fieldProblem, type Principal, problem } from '../http/index.ts';
import { PromptBook } from '../media/prompts/prompt-book.ts';
import { PromptLanguageEntity } from './prompt-language.entity.ts';
import type { DomainLanguagesDto, PromptLanguageDto } from './prompts.schemas.ts';

/** Which language the services speak to whom. */
@Injectable()
export class PromptLanguagesService implements OnModuleInit {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #audit: AuditService;
  readonly #book: PromptBook;

  constructor(uow: UnitOfWork, reader: DataSource, directory: Directory, audit: AuditService, book: PromptBook) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#audit = audit;
    this.#book = book;
  }

  async onModuleInit(): Promise<void> {
    for (const choice of await this.#reader.manager.find(PromptLanguageEntity)) this.#directory.promptLanguages.set(choice);
  }

  /** Those there are prompts for. */
  languages(): string[] {
    return this.#book.languages();
  }

  domains(): DomainLanguagesDto {
    const { settings, domains, promptLanguages } = this.#directory;
    const names = [settings.domain, ...[...domains].filter((name) => name !== settings.domain).sort()];
    const items = names.map((domain) => ({ domain, language: promptLanguages.get('domain', domain) ?? null }));
    return { languages: this.languages(), items };
  }

  /** @throws problem 404 */
  ofSubscriber(id: number): PromptLanguageDto {
    if (!this.#directory.subscriberById(id)) throw problem(404, 'not-found', 'There is no such subscriber.');
    return { language: this.#directory.promptLanguages.get('subscriber', String(id)) ?? null };
  }

  /** @throws problem 400, 404 */
  async chooseForSubscriber(id: number, language: string | null, actor: Principal): Promise<void> {
    this.ofSubscriber(id);
    await this.#choose('subscriber', String(id), language, actor);
  }

  /** @throws problem 400, 404 */
  async chooseForDomain(domain: string, language: string | null, actor: Principal): Promise<void> {
    if (!this.#directory.serves(domain)) throw problem(404, 'not-found', `The domain ${domain} is not served here.`);
    await this.#choose('domain', domain, language, actor);
  }

  async #choose(scope: PromptLanguageScope, key: string, language: string | null, actor: Principal): Promise<void> {
    if (language !== null && !this.languages().includes(language)) {
      throw fieldProblem('language', 'unknown', 'There are no prompts for this language');
    }
    const before = { promptLanguage: this.#directory.promptLanguages.get(scope, key) ?? null };
    await this.#uow.write(async (m) => {
      await m.delete(PromptLanguageEntity, { scope, key });
      if (language !== null) await m.insert(PromptLanguageEntity, { scope, key, language });
      await this.#audit.record(actor, `${scope}.change`, scope, key, before, { promptLanguage: language });
      this.#uow.afterCommit(() => this.#directory.promptLanguages.set({ scope, key, language }));
    });
  }
}
