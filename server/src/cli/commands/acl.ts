import type { Command } from 'commander';
import type { SubscriberDetail } from '../../subscribers/subscriber.schemas.ts';
import { withServer } from '../context.ts';
import { subscriberDetailOf } from '../subscribers.ts';

const words = (s: SubscriberDetail): string => `${s.number}@${s.domain}: ${s.groups.join(' ') || 'no groups'}`;

/** `dialtone acl grant|revoke|show`: what a subscriber may call (H-6). */
export function addAclCommands(program: Command): void {
  const acl = program.command('acl').description('permissions: grant, revoke, show (local ld int voicemail free-pstn)');

  const changed = (change: (groups: readonly string[], group: string) => string[]) =>
    withServer(async ({ api, out }, number: string, group: string) => {
      const before = await subscriberDetailOf(api, number);
      await api.put(`/subscribers/${before.id}/groups`, { groups: change(before.groups, group) });
      const after = await api.get<SubscriberDetail>(`/subscribers/${before.id}`);
      out.print({ number: after.number, domain: after.domain, groups: after.groups }, () => words(after));
    });

  acl
    .command('grant <number> <group>')
    .description('allow calls of this group')
    .action(changed((groups, group) => [...groups, group]));

  acl
    .command('revoke <number> <group>')
    .description('no longer allow calls of this group')
    .action(changed((groups, group) => groups.filter((name) => name !== group)));

  acl
    .command('show <number>')
    .description('the groups of a subscriber')
    .action(
      withServer(async ({ api, out }, number: string) => {
        const found = await subscriberDetailOf(api, number);
        out.print({ number: found.number, domain: found.domain, groups: found.groups }, () => words(found));
      }),
    );
}
