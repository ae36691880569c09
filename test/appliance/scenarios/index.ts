import type { Scenario } from '../support/scenario.ts';
import { demo } from './demo.ts';
import { firstBoot } from './first-boot.ts';
import { foreign } from './foreign-disks.ts';
import { fromMemory } from './from-memory.ts';
import { fullDisk } from './full-disk.ts';
import { inside } from './inside.ts';
import { noNetwork } from './no-network.ts';
import { powerCuts } from './power-cuts.ts';
import { restore } from './restore.ts';
import { secondLife } from './second-life.ts';
import { signatures } from './signatures.ts';
import { stick } from './stick.ts';
import { strangeDisks } from './strange-disks.ts';
import { unattended } from './unattended.ts';
import { upgrade } from './upgrade.ts';
import { wrongClock } from './wrong-clock.ts';

/** Every scenario, in the order they run: the table of what is proven and of which row it stands for (`--list`). */
export const scenarios: readonly Scenario[] = [
  firstBoot,
  secondLife,
  upgrade,
  demo,
  stick,
  // From here on only with --all.
  unattended,
  powerCuts,
  foreign,
  strangeDisks,
  wrongClock,
  noNetwork,
  fromMemory,
  restore,
  signatures,
  fullDisk,
  inside,
];
