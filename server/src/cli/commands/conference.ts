import type { Command } from 'commander';
import type { ConferenceRoomList } from '../../conference/conference.schemas.ts';
import { withServer } from '../context.ts';
import { table } from '../output.ts';

/** `dialtone conference list|lock|unlock`: rooms, and who is in them now. */
export function addConferenceCommands(program: Command): void {
  const conference = program.command('conference').description('conference rooms: list, lock, unlock');

  conference
    .command('list')
    .description('rooms, and who is in them now')
    .action(
      withServer(async ({ api, out }) => {
        const found = await api.get<ConferenceRoomList>('/conference-rooms');
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'ROOM', value: (room) => room.number },
              { title: 'NAME', value: (room) => room.name },
              { title: 'PIN', value: (room) => room.pin !== null },
              { title: 'LOCKED', value: (room) => room.locked },
              { title: 'PEOPLE', value: (room) => room.members.length, right: true },
              { title: 'WHO', value: (room) => room.members.map(({ number, speaking }) => (speaking ? `${number}*` : number)).join(' ') },
            ],
            'No room is set up, and nobody is in one.',
          ),
        );
      }),
    );

  for (const [verb, locked] of [
    ['lock', true],
    ['unlock', false],
  ] as const) {
    conference
      .command(`${verb} <room>`)
      .description(locked ? 'let nobody else into a room that people are in' : 'let people in again')
      .action(
        withServer(async ({ api, out }, room: string) => {
          await api.put(`/conference-rooms/${encodeURIComponent(room)}/lock`, { locked });
          out.print({ room, locked }, () => `Room ${room} is ${locked ? 'locked' : 'open'}.`);
        }),
      );
  }
}
