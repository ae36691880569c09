import { z } from 'zod';

/** Languages of the console and of the status page. */
export const LANGUAGES = ['en', 'es'] as const;
export const language = z.enum(LANGUAGES);
export type Language = z.infer<typeof language>;
