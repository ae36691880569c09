import { consoleTexts } from './console.ts';
import { disk } from './disk.ts';
import { network } from './network.ts';
import { page } from './page.ts';
import { refusals } from './refusals.ts';
import { system } from './system.ts';

export const en = { ...consoleTexts, ...disk, ...network, ...page, ...refusals, ...system } as const;
