import type { FeatureCode } from '../directory/feature-code.ts';

const code = (code: string, feature: FeatureCode['feature'], description: string, rest: Partial<FeatureCode> = {}) => ({
  ...{ code, feature, argument: null, prefix: false, enabled: true, description },
  ...rest,
});

/** What "reset" puts back: the numbers that the manual and the book give to services (M-24, O-133), and free ones for the rest. */
export const defaultFeatureCodes: readonly Omit<FeatureCode, 'id'>[] = [
  code('613', 'echo', 'Echo test'),
  code('958', 'number-readback', 'Says your own number'),
  code('511', 'conference', 'Conference: 511 and the room', { prefix: true }),
  code('*98', 'conference', 'Conference: asks for the room'),
  code('*99', 'mailbox', 'Your voicemail'),
  code('*97', 'mailbox', 'Voicemail from another phone', { argument: 'other' }),
  code('*100', 'demo', 'Demo announcement'),
  code('*101', 'music', 'Music on hold'),
  code('*102', 'prompt-recorder', 'Record an announcement'),
  code('*103', 'balance', 'Says your balance'),
];
