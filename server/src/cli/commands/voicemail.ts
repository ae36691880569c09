import type { Command } from 'commander';
import type { MailboxView } from '../../voicemail/voicemail.schemas.ts';
import { withServer } from '../context.ts';
import { subscriberDetailOf } from '../subscribers.ts';

const state = (box: MailboxView): string => {
  if (!box.permitted) return 'has no mailbox (grant the group voicemail)';
  return box.takesMessages ? 'takes messages' : 'switched off';
};

const words = (number: string, box: MailboxView): string =>
  [
    `${number}: ${state(box)}, ${box.hasPin ? 'with' : 'without'} a PIN`,
    `${box.newMessages} new, ${box.savedMessages} saved of ${box.maxMessages} messages`,
    `${Math.ceil(box.usedSeconds / 60)} of ${Math.floor(box.maxSeconds / 60)} minutes`,
    box.retentionDays === null ? 'kept until deleted' : `kept for ${box.retentionDays} days`,
  ].join('\n  ');

/** `dialtone voicemail show|reset-pin`: a mailbox from outside. What is in it is its owner's. */
export function addVoicemailCommands(program: Command): void {
  const voicemail = program.command('voicemail').description('mailboxes: show, reset-pin');

  voicemail
    .command('show <number>')
    .description('how full a mailbox is')
    .action(
      withServer(async ({ api, out }, number: string) => {
        const { id } = await subscriberDetailOf(api, number);
        const box = await api.get<MailboxView>(`/subscribers/${id}/voicemail`);
        out.print({ number, ...box }, () => words(number, box));
      }),
    );

  voicemail
    .command('reset-pin <number>')
    .description('take the PIN away: only his own phone and page open the mailbox then')
    .action(
      withServer(async ({ api, out }, number: string) => {
        const { id } = await subscriberDetailOf(api, number);
        await api.delete(`/subscribers/${id}/voicemail/pin`);
        out.print({ number, hasPin: false }, () => `${number}: the PIN is gone`);
      }),
    );
}
