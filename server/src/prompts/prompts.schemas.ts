import { z } from 'zod';
import { replaceableNames } from '../media/prompts/catalogue.ts';

/** ISO 639-1. */
export const promptLanguage = z.string().regex(/^[a-z]{2}$/, { error: 'Expected a language of two letters, such as en' });

export const promptName = z.enum(replaceableNames as [string, ...string[]]);

export const promptQuery = z.strictObject({ language: promptLanguage.optional() });

export const promptAudioQuery = z.strictObject({
  original: z.enum(['true']).optional().describe('The prompt as it is when it is not replaced'),
  v: z.string().max(20).optional().describe('Anything: a new address for a player that remembers the old sound'),
});

export const promptDto = z
  .object({
    name: z.string(),
    number: z.int().describe('By which the announcement recorder knows it'),
    text: z.string().nullable().describe('The words, where they are ours and not of the core sounds'),
    source: z
      .enum(['own', 'installed', 'shipped'])
      .nullable()
      .describe('Replaced, of the core sounds of the system, or of this product; null: there is none in this language, English is heard'),
    seconds: z.number().describe('Length of what is heard'),
  })
  .meta({ id: 'Prompt' });

export const promptList = z
  .object({ language: z.string(), languages: z.array(z.string()), items: z.array(promptDto) })
  .meta({ id: 'PromptList' });
export type PromptListDto = z.output<typeof promptList>;

export const domainParam = z.string().trim().toLowerCase().max(253);

const chosen = promptLanguage.nullable().describe('null: none was chosen');

export const promptLanguageChoice = z.strictObject({ language: chosen }).meta({ id: 'PromptLanguageChoice' });
export type PromptLanguageChoice = z.output<typeof promptLanguageChoice>;

export const promptLanguageDto = z.object({ language: chosen }).meta({ id: 'PromptLanguage' });
export type PromptLanguageDto = z.output<typeof promptLanguageDto>;

export const myPromptLanguage = z.object({ language: chosen, languages: z.array(z.string()) }).meta({ id: 'MyPromptLanguage' });

export const domainLanguages = z
  .object({ languages: z.array(z.string()), items: z.array(z.object({ domain: z.string(), language: chosen })) })
  .meta({ id: 'DomainLanguages' });
export type DomainLanguagesDto = z.output<typeof domainLanguages>;
