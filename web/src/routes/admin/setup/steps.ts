import { useQueryClient } from '@tanstack/react-query';
import { api, http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';

export type StepKey = Schema<'SetupStep'>['key'];

/** Steps that have a page of the wizard; the others are pages of their own. */
export const wizardSteps = ['domain', 'network', 'timeZone', 'mail', 'currency', 'gateway', 'signup', 'backup'] as const;
export type WizardStep = (typeof wizardSteps)[number];

export const isWizardStep = (key: string | null): key is WizardStep => wizardSteps.some((step) => step === key);

/** Where a step is taken. */
export const placeOfStep = (key: StepKey): string => {
  if (isWizardStep(key)) return `/admin/setup?step=${key}`;
  return key === 'rates' ? '/admin/rates' : '/admin/subscribers/new';
};

export const useSteps = () => api.useQuery('get', '/api/v1/setup/steps');

/** Says that a step is taken or left for later; the check list follows. */
export function useSay(): (key: StepKey, state: 'done' | 'skipped') => Promise<void> {
  const client = useQueryClient();
  return async (key, state) => {
    const { error, response } = await http.PUT('/api/v1/setup/steps/{key}', { params: { path: { key } }, body: { state } });
    if (!response.ok) throw error;
    await Promise.all(['/api/v1/setup/steps', '/api/v1/dashboard'].map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
  };
}

/** What each page of the wizard is given. */
export interface StepProps {
  /** Saved: the step is taken. */
  onDone: () => Promise<void>;
}
