import { device } from '#app/i18n/es/device.ts';
import { errors } from '#app/i18n/es/errors.ts';
import { publicTexts } from '#app/i18n/es/public.ts';
import { ui } from '#app/i18n/es/ui.ts';

export const es = { ...ui, ...errors, ...publicTexts, ...device };
