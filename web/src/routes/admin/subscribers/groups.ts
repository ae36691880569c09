import type { Schema } from '#app/api/types.ts';
import type { Translate } from '#app/i18n/index.ts';

export type Group = Schema<'GroupList'>['groups'][number];

/** What a subscriber may call (H-6). */
export const groups: readonly Group[] = ['local', 'ld', 'int', 'voicemail', 'free-pstn', 'prompts'];

export const groupChoices = (t: Translate): [Group, string][] => groups.map((group) => [group, t(`group.${group}`)]);
