import type { Scenario } from '../support/scenario.ts';
import { demo } from './demo.ts';
import { firstBoot } from './first-boot.ts';
import { secondLife } from './second-life.ts';
import { stick } from './stick.ts';
import { upgrade } from './upgrade.ts';

/** Every scenario, in the order they run. */
export const scenarios: readonly Scenario[] = [firstBoot, secondLife, upgrade, demo, stick];
