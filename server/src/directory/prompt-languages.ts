import type { Subscriber } from './types.ts';

/** Whose choice it is. */
export type PromptLanguageScope = 'domain' | 'subscriber';

export interface PromptLanguageChoice {
  readonly scope: PromptLanguageScope;
  /** Name of the domain in lower case, or id of the subscriber. */
  readonly key: string;
  /** ISO 639-1. */
  readonly language: string;
}

/** The languages services speak, where somebody chose one. There are more of them than the pages have. */
export class PromptLanguages {
  readonly #chosen = new Map<string, string>();

  set({ scope, key, language }: Omit<PromptLanguageChoice, 'language'> & { readonly language: string | null }): void {
    if (language === null) this.#chosen.delete(`${scope} ${key}`);
    else this.#chosen.set(`${scope} ${key}`, language);
  }

  get(scope: PromptLanguageScope, key: string): string | undefined {
    return this.#chosen.get(`${scope} ${key}`);
  }

  /** His own, else that of his domain, else that of his pages. */
  of(subscriber: Subscriber): string {
    return this.get('subscriber', String(subscriber.id)) ?? this.get('domain', subscriber.domain) ?? subscriber.language;
  }
}
