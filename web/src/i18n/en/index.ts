import { access } from '#app/i18n/en/access.ts';
import { audited } from '#app/i18n/en/audited.ts';
import { backup } from '#app/i18n/en/backup.ts';
import { calls } from '#app/i18n/en/calls.ts';
import { device } from '#app/i18n/en/device.ts';
import { errors } from '#app/i18n/en/errors.ts';
import { machine } from '#app/i18n/en/machine.ts';
import { media } from '#app/i18n/en/media.ts';
import { moneyTexts } from '#app/i18n/en/money.ts';
import { network } from '#app/i18n/en/network.ts';
import { people } from '#app/i18n/en/people.ts';
import { portal } from '#app/i18n/en/portal.ts';
import { prompts } from '#app/i18n/en/prompts.ts';
import { publicTexts } from '#app/i18n/en/public.ts';
import { said } from '#app/i18n/en/said.ts';
import { secondFactor } from '#app/i18n/en/second-factor.ts';
import { services } from '#app/i18n/en/services.ts';
import { setup } from '#app/i18n/en/setup.ts';
import { sip } from '#app/i18n/en/sip.ts';
import { system } from '#app/i18n/en/system.ts';
import { ui } from '#app/i18n/en/ui.ts';
import { voicemail } from '#app/i18n/en/voicemail.ts';

export const en = {
  ...access,
  ...audited,
  ...backup,
  ...calls,
  ...device,
  ...errors,
  ...machine,
  ...media,
  ...moneyTexts,
  ...network,
  ...people,
  ...portal,
  ...prompts,
  ...publicTexts,
  ...said,
  ...secondFactor,
  ...services,
  ...setup,
  ...sip,
  ...system,
  ...ui,
  ...voicemail,
} as const;
