import { device } from '#app/i18n/en/device.ts';
import { errors } from '#app/i18n/en/errors.ts';
import { publicTexts } from '#app/i18n/en/public.ts';
import { ui } from '#app/i18n/en/ui.ts';

export const en = { ...ui, ...errors, ...publicTexts, ...device } as const;
