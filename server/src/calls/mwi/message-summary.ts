/** Messages that wait for a subscriber. */
export interface MessageSummary {
  readonly newMessages: number;
  readonly savedMessages: number;
}

/** The event package of RFC 3842. */
export const EVENT = 'message-summary';
export const SUMMARY_TYPE = 'application/simple-message-summary';

/** Body of a NOTIFY (RFC 3842 section 5.2). @param account AOR of the mailbox */
export const summaryBody = (account: string, { newMessages, savedMessages }: MessageSummary): string =>
  [
    `Messages-Waiting: ${newMessages > 0 ? 'yes' : 'no'}`,
    `Message-Account: ${account}`,
    `Voice-Message: ${newMessages}/${savedMessages} (0/0)`,
    '',
  ].join('\r\n');
