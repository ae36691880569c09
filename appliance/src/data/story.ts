import type { DataState } from '../../../server/src/host/contract/index.ts';
import type { MessageKey, Text } from '../texts/texts.ts';

/** What a state of the data disk means, and what to do; empty when nothing is wrong. */
export const STORY: Readonly<Record<DataState, Text>> = {
  looking: '',
  ready: '',
  demo: ({ t }) => t('story.demo'),
  missing: ({ t }) => t('story.missing'),
  duplicate: ({ t }) => t('story.duplicate'),
  damaged: ({ t }) => t('story.damaged'),
};

/** What is going on with it. */
export type Busy = Extract<MessageKey, `busy.${string}`>;
