import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, TestClient } from '../../testing/test-app.ts';
import type { RateImportDto } from './rate-import.schemas.ts';

const BOUNDARY = 'dialtone-test-boundary';

/** Sends a file as a browser does. */
export function upload(client: TestClient, csv: string | Buffer, options: object | string = {}, fileName = 'rates.csv'): Promise<Answer> {
  const text = typeof options === 'string' ? options : JSON.stringify(options);
  const body = Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${fileName}"\r\ncontent-type: text/csv\r\n\r\n`),
    Buffer.from(csv),
    Buffer.from(`\r\n--${BOUNDARY}\r\ncontent-disposition: form-data; name="options"\r\n\r\n${text}\r\n--${BOUNDARY}--\r\n`),
  ]);
  return client.call('POST', '/rate-imports', { body, headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } });
}

/** Waits until an import rests: ready, mapping, done, failed or cancelled. */
export async function settled(client: TestClient, id: string): Promise<RateImportDto> {
  for (;;) {
    const { body } = await client.get(`/rate-imports/${id}`);
    if (!['reading', 'checking', 'committing'].includes(body.state)) return body as RateImportDto;
    await sleep(20);
  }
}

/** Uploads and waits. */
export async function imported(client: TestClient, csv: string | Buffer, options: object = {}): Promise<RateImportDto> {
  const answer = await upload(client, csv, options);
  if (answer.status !== 201) throw new Error(`upload refused: ${JSON.stringify(answer.body)}`);
  return settled(client, answer.body.id);
}

/** Commits and waits. */
export async function committed(client: TestClient, id: string, body: object = {}): Promise<RateImportDto> {
  const answer = await client.post(`/rate-imports/${id}/commit`, body);
  if (answer.status !== 200) throw new Error(`commit refused: ${JSON.stringify(answer.body)}`);
  return settled(client, id);
}
