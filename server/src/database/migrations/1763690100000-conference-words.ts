import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

const ROOMS = 'conference_rooms';

/** Who comes to a conference and who goes is told by a tone as before, in words, or not at all. */
export class ConferenceWords1763690100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.renameColumn(ROOMS, 'announce', 'tones');
    await runner.addColumn(ROOMS, new TableColumn({ name: 'announce', type: 'varchar', length: '8', default: "'tone'" }));
    await runner.query(`UPDATE ${ROOMS} SET announce = 'off' WHERE NOT tones`);
    await runner.dropColumn(ROOMS, 'tones');
  }

  async down(runner: QueryRunner): Promise<void> {
    const yes = runner.connection.options.type === 'sqlite' ? '1' : 'true';
    await runner.renameColumn(ROOMS, 'announce', 'how');
    await runner.addColumn(ROOMS, new TableColumn({ name: 'announce', type: 'boolean', default: yes }));
    await runner.query(`UPDATE ${ROOMS} SET announce = ${yes === '1' ? '0' : 'false'} WHERE how = 'off'`);
    await runner.dropColumn(ROOMS, 'how');
  }
}
