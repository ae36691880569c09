import { useQueryClient } from '@tanstack/react-query';
import { Lock, LockOpen, Mic, MicOff, Pencil, Plus, UserX } from 'lucide-react';
import { useState } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { PersonLink } from '#app/components/person-link.tsx';
import { Badge, StatusLight } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { Ago } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { RoomDialog } from '#app/routes/admin/conference/room-dialog.tsx';

type Room = Schema<'ConferenceRoom'>;
type Member = Room['members'][number];

/** Conference rooms with who is in them and who speaks, live. */
export function Conference() {
  const texts = useTexts();
  const { t } = texts;
  const [editing, setEditing] = useState<Room | 'new' | null>(null);
  const query = api.useQuery('get', '/api/v1/conference-rooms');
  const { data } = query;
  const add = (
    <Button look="primary" icon={Plus} onClick={() => setEditing('new')}>
      {t('conference.add')}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t('nav.conference')}
        text={data && t('conference.text', { people: data.people, most: data.mostPeople })}
        actions={data && data.items.length > 0 ? add : null}
      />
      {data ? (
        data.items.length === 0 ? (
          <Card>
            <EmptyState title={t('conference.emptyTitle')} text={t('conference.emptyText')} action={add} />
          </Card>
        ) : (
          <div className="grid items-start gap-5 xl:grid-cols-2">
            {data.items.map((room) => (
              <RoomCard key={room.number} room={room} onEdit={() => setEditing(room)} />
            ))}
          </div>
        )
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock />
      )}
      {editing && <RoomDialog room={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

/** Does something to a room, and shows what it looks like then. */
function useChange() {
  const texts = useTexts();
  const client = useQueryClient();
  return async (change: () => Promise<unknown>) => {
    try {
      await change();
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/conference-rooms'] });
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };
}

function RoomCard({ room, onEdit }: { room: Room; onEdit: () => void }) {
  const { t } = useTexts();
  const change = useChange();
  const lock = api.useMutation('put', '/api/v1/conference-rooms/{number}/lock');
  const { number, members, locked } = room;
  const codes = api.useQuery('get', '/api/v1/feature-codes').data?.items;
  const code = codes?.find((each) => each.feature === 'conference' && each.prefix && each.enabled)?.code;
  return (
    <Card
      flush
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          {t('conference.room', { number })}
          {room.name !== '' && <span className="font-normal text-muted">{room.name}</span>}
          {locked && <Badge tone="warn">{t('conference.locked')}</Badge>}
          {room.pin !== null && <Badge>{t('conference.hasPin', { pin: room.pin })}</Badge>}
        </span>
      }
      text={[
        code && t('conference.dial', { number: `${code}${number}` }),
        room.id === null && t('conference.adHoc'),
        members.length > 0 && t('conference.people', { count: members.length }),
      ]
        .filter(Boolean)
        .join(' · ')}
      actions={
        <>
          {members.length > 0 && (
            <Button
              size="sm"
              look="quiet"
              icon={locked ? LockOpen : Lock}
              onClick={() => void change(() => lock.mutateAsync({ params: { path: { number } }, body: { locked: !locked } }))}
            >
              {t(locked ? 'conference.unlock' : 'conference.lock')}
            </Button>
          )}
          {room.id !== null && (
            <Button size="sm" look="quiet" icon={Pencil} onClick={onEdit}>
              {t('conference.edit')}
            </Button>
          )}
        </>
      }
    >
      {members.length === 0 ? (
        <p className="border-t border-line px-5 py-3 text-muted">{t('conference.empty')}</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line" aria-live="polite">
          {members.map((member) => (
            <MemberRow key={member.id} room={number} member={member} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function MemberRow({ room, member }: { room: string; member: Member }) {
  const { t } = useTexts();
  const change = useChange();
  const mute = api.useMutation('put', '/api/v1/conference-rooms/{number}/members/{member}/mute');
  const kick = api.useMutation('delete', '/api/v1/conference-rooms/{number}/members/{member}');
  const { id, muted } = member;
  const path = { number: room, member: id };
  const name = member.name || member.number;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-2.5">
      <span className="min-w-0 flex-1 basis-40 truncate font-medium">
        <PersonLink id={member.subscriberId} text={[member.number, member.name].filter(Boolean).join(' · ')} admin />
      </span>
      {muted ? (
        <StatusLight tone="plain">{t('conference.muted')}</StatusLight>
      ) : (
        member.speaking && (
          <StatusLight tone="ok" live>
            {t('conference.speaking')}
          </StatusLight>
        )
      )}
      <span className="text-xs text-muted">
        <Ago at={member.joinedAt} />
      </span>
      <Button
        size="icon-sm"
        look="quiet"
        icon={muted ? Mic : MicOff}
        aria-label={t(muted ? 'conference.unmute' : 'conference.mute', { name })}
        onClick={() => void change(() => mute.mutateAsync({ params: { path }, body: { muted: !muted } }))}
      />
      <Button
        size="icon-sm"
        look="danger-quiet"
        icon={UserX}
        aria-label={t('conference.kick', { name })}
        onClick={() => void change(() => kick.mutateAsync({ params: { path } }))}
      />
    </li>
  );
}
