import { access } from '#app/i18n/es/access.ts';
import { audited } from '#app/i18n/es/audited.ts';
import { backup } from '#app/i18n/es/backup.ts';
import { calls } from '#app/i18n/es/calls.ts';
import { device } from '#app/i18n/es/device.ts';
import { errors } from '#app/i18n/es/errors.ts';
import { machine } from '#app/i18n/es/machine.ts';
import { media } from '#app/i18n/es/media.ts';
import { moneyTexts } from '#app/i18n/es/money.ts';
import { network } from '#app/i18n/es/network.ts';
import { people } from '#app/i18n/es/people.ts';
import { portal } from '#app/i18n/es/portal.ts';
import { prompts } from '#app/i18n/es/prompts.ts';
import { publicTexts } from '#app/i18n/es/public.ts';
import { said } from '#app/i18n/es/said.ts';
import { secondFactor } from '#app/i18n/es/second-factor.ts';
import { services } from '#app/i18n/es/services.ts';
import { setup } from '#app/i18n/es/setup.ts';
import { sip } from '#app/i18n/es/sip.ts';
import { system } from '#app/i18n/es/system.ts';
import { ui } from '#app/i18n/es/ui.ts';
import { voicemail } from '#app/i18n/es/voicemail.ts';

export const es = {
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
};
