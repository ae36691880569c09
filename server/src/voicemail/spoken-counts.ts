import type { Playable } from '../media/endpoint/endpoint.ts';
import type { Speaker } from './speaker.ts';

/** "You have two new and one old messages", in the order of the words of the language. */
export function spokenCounts(speaker: Speaker, fresh: number, saved: number): Playable[] {
  if (fresh === 0 && saved === 0) return speaker.say('vm-youhave', 'vm-no', 'vm-messages');
  const counts = [...(fresh > 0 ? [[fresh, 'vm-INBOX'] as const] : []), ...(saved > 0 ? [[saved, 'vm-Old'] as const] : [])];
  // What comes last says whether it is one: "and one old message".
  const noun = (count: number) => (count === 1 ? 'vm-message' : 'vm-messages');
  const nounFirst = speaker.language !== 'en' && speaker.language !== 'ru';
  const words = counts.flatMap(([count, kind], index) => [
    ...(index > 0 ? speaker.say('vm-and') : []),
    ...speaker.number(count),
    ...(nounFirst ? speaker.say(noun(count), count === 1 ? kind : `${kind}s`) : speaker.say(kind)),
  ]);
  const last = counts.at(-1)?.[0] ?? 0;
  return [...speaker.say('vm-youhave'), ...words, ...(nounFirst ? [] : speaker.say(noun(last)))];
}
