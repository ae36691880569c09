import type { Appliance } from './appliance.ts';

/** The code of the first run, as the console shows it. */
export async function setUpCode(appliance: Appliance): Promise<string> {
  const screen = await appliance.console.shows(/Set-up code +[0-9A-Z]{4}-[0-9A-Z]{4}/);
  return /Set-up code +(\S+)/.exec(screen)?.[1] ?? '';
}

/**
 * A new system, chosen on the console by keyboard alone.
 * @param disk part of the line of the wanted disk
 * @param question part of what is asked before anything is written
 * @returns the set-up code, once the server runs
 */
export async function newSystem(appliance: Appliance, disk: string, question: string): Promise<string> {
  const { console: person, machine } = appliance;
  await person.openMenu();
  await machine.picture(`${machine.name}-menu`);
  await person.choose('Data disk');
  await person.choose('New system');
  await person.choose(disk);
  await person.shows(question);
  await machine.picture(`${machine.name}-new-system`);
  await person.choose('Yes');
  await person.shows('The disk is ready', 300_000);
  await person.enterKey();
  await person.leave();
  await appliance.running();
  return setUpCode(appliance);
}

/** Everything is erased: by the typed word and by nothing else. The machine then starts again. */
export async function eraseAll({ console: person }: Appliance): Promise<void> {
  await person.openMenu();
  await person.choose('Factory reset');
  await person.shows(/type\s+ERASE/);
  await person.enter('erase');
  await person.shows(/press Esc/);
  await person.enter('ERASE', 5);
}
