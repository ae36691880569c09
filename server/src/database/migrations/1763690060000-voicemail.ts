import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

const id = { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' } as const;
const text = (name: string, length: number, isNullable = false) => ({ name, type: 'varchar', length: String(length), isNullable });
const integer = (name: string, isNullable = false) => ({ name, type: 'integer', isNullable });
const time = (name: string, isNullable = false) => ({ name, type: 'bigint', isNullable });
const yesNo = (name: string) => ({ name, type: 'boolean' });

const mailboxes = () =>
  new Table({
    name: 'mailboxes',
    columns: [
      { name: 'subscriberId', type: 'integer', isPrimary: true },
      text('pinHash', 255, true),
      text('language', 5, true),
      yesNo('mailMessages'),
      yesNo('attachRecording'),
      yesNo('deleteAfterMailing'),
      integer('maxMessages', true),
      integer('maxMinutes', true),
      integer('retentionDays', true),
      time('updatedAt'),
    ],
  });

const messages = () =>
  new Table({
    name: 'voicemail_messages',
    columns: [
      id,
      integer('subscriberId'),
      text('state', 10),
      text('file', 60),
      text('callId', 40),
      text('why', 20),
      text('callerNumber', 64),
      text('callerName', 120),
      { name: 'seconds', type: 'real' },
      time('receivedAt'),
      time('deletedAt', true),
      integer('mailId', true),
    ],
    indices: [
      { name: 'voicemail_messages_box', columnNames: ['subscriberId', 'state', 'receivedAt'] },
      { name: 'voicemail_messages_call', columnNames: ['callId'] },
      { name: 'voicemail_messages_mail', columnNames: ['mailId'] },
    ],
  });

const switches = ['doNotDisturb', 'takesMessages'] as const;

/** Mailboxes and their messages; who wants no calls, and who no messages; files that go along with a mail. */
export class Voicemail1763690060000 implements MigrationInterface {
  readonly name = 'Voicemail1763690060000';

  async up(runner: QueryRunner): Promise<void> {
    const sqlite = runner.connection.options.type === 'sqlite';
    const [no, yes] = sqlite ? ['0', '1'] : ['false', 'true'];
    await runner.addColumn('subscribers', new TableColumn({ name: switches[0], type: 'boolean', default: no }));
    await runner.addColumn('subscribers', new TableColumn({ name: switches[1], type: 'boolean', default: yes }));
    await runner.addColumn('outbox', new TableColumn(text('attachmentFile', 200, true)));
    await runner.addColumn('outbox', new TableColumn(text('attachmentName', 200, true)));
    await runner.createTable(mailboxes());
    await runner.createTable(messages());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('voicemail_messages');
    await runner.dropTable('mailboxes');
    await runner.dropColumn('outbox', 'attachmentName');
    await runner.dropColumn('outbox', 'attachmentFile');
    for (const name of switches) await runner.dropColumn('subscribers', name);
  }
}
