import { afterAll, beforeAll, expect, it } from 'vitest';
import { Directory } from '../directory/directory.ts';
import { PromptBook } from '../media/prompts/prompt-book.ts';
import { amplitudeOf, tones } from '../media/testing/sound.ts';
import { readWav } from '../media/wav/wav-reader.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

let house: TestApp;
let admin: TestClient;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
});
afterAll(() => house.stop());

type Row = { name: string; number: number; text: string | null; source: string | null; seconds: number };
const rowOf = async (language: string, name: string): Promise<Row> =>
  ((await admin.get(`/prompts?language=${language}`)).body.items as Row[]).find((row) => row.name === name)!;

async function upload(client: TestClient, path: string, wav: Buffer) {
  const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\ncontent-type: audio/wav\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), wav, Buffer.from('\r\n--x--\r\n')]);
  return client.call('PUT', path, { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body });
}

/** The sound of a prompt as the page gets it. */
async function heard(path: string): Promise<{ rate: number; pcm: Int16Array }> {
  const response = await house.app.inject({
    ...{ method: 'GET', url: `/api/v1${path}` },
    headers: { cookie: admin.cookie!, host: 'dialtone.test:8080' },
  });
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'audio/wav']);
  return readWav(response.rawPayload);
}

it('lists the prompts with their words, and plays them', async () => {
  const { body } = await admin.get('/prompts');
  expect(body.language).toBe('en');
  expect(body.languages).toEqual(expect.arrayContaining(['en', 'es']));
  const refusal = await rowOf('es', 'refusal-busy');
  expect([refusal.source, refusal.text]).toEqual(['shipped', expect.stringContaining('ocupada')]);
  expect(refusal.seconds).toBeGreaterThan(1);
  expect((await heard('/prompts/es/refusal-busy/audio')).pcm.length).toBeGreaterThan(8000);
  expect((await heard('/prompts/en/beep/audio')).rate).toBeGreaterThanOrEqual(8000);
});

it('replaces a prompt by a WAV of any kind, and gives the original back', async () => {
  const stereo = [...tones(44100, [1200], 1000)].flatMap((sample) => [sample, sample]);
  const put = await upload(admin, '/prompts/en/vm-goodbye', wavFile(44100, 2, Int16Array.from(stereo)));
  expect([put.status, put.body]).toEqual([204, '']);
  expect((await rowOf('en', 'vm-goodbye')).source).toBe('own');
  const own = await heard('/prompts/en/vm-goodbye/audio');
  expect(own.rate).toBe(16000);
  expect(amplitudeOf(own.pcm, 16000, 1200)).toBeGreaterThan(7500);
  expect(amplitudeOf((await heard('/prompts/en/vm-goodbye/audio?original=true')).pcm, 8000, 1200)).toBeLessThan(2000);
  const file = house.app.get(PromptBook).say('en', 'vm-goodbye')[0];
  expect(file).toEqual({ file: expect.stringContaining(`${house.dataDir}/prompts/en/vm-goodbye.wav`) });

  expect((await admin.delete('/prompts/en/vm-goodbye')).status).toBe(204);
  expect((await rowOf('en', 'vm-goodbye')).source).not.toBe('own');
  const actions = ((await admin.get('/audit?entity=prompt')).body.items as { action: string }[]).map(({ action }) => action);
  expect(actions).toEqual(['prompt.restore', 'prompt.replace']);
});

it.each([
  ['what is no WAV', '/prompts/en/vm-intro', Buffer.from('an MP3, perhaps'), 400, 'no-wav'],
  ['what is too short', '/prompts/en/vm-intro', wavFile(8000, 1, new Int16Array(10)), 400, 'too-short'],
  ['what is too long', '/prompts/en/vm-intro', wavFile(8000, 1, new Int16Array(8000 * 601)), 400, 'too-long'],
])('refuses %s', async (_, path, wav, status, code) => {
  const { status: answered, body } = await upload(admin, path, wav);
  expect([answered, body.errors[0].code]).toEqual([status, code]);
});

it('knows no other names, no languages without prompts, and nobody but administrators', async () => {
  const wav = wavFile(8000, 1, tones(8000, [440], 500));
  expect((await upload(admin, '/prompts/en/..%2F..%2Fdialtone', wav)).status).toBe(400);
  expect((await upload(admin, '/prompts/en/no-such', wav)).status).toBe(400);
  expect((await upload(admin, '/prompts/..%2Fen/vm-intro', wav)).status).toBe(400);
  expect((await upload(admin, '/prompts/xx/vm-intro', wav)).status).toBe(404);
  const visitor = house.visitor();
  expect((await visitor.get('/prompts')).status).toBe(401);
  expect((await upload(visitor, '/prompts/en/vm-intro', wav)).status).toBe(401);
  expect((await visitor.delete('/prompts/en/vm-intro')).status).toBe(401);
});

it('chooses the language of a domain and of a subscriber, and goes back', async () => {
  const created = await admin.post('/subscribers', { number: '1001', sipPassword: 'Quite-a-secret-1' });
  expect(created.status, JSON.stringify(created.body)).toBe(201);
  const { id, domain } = created.body.subscriber ?? created.body;
  const directory = house.app.get(Directory);
  const spoken = () => directory.promptLanguages.of(directory.subscriberById(id)!);
  expect(spoken()).toBe('en');

  expect((await admin.put(`/prompt-languages/domains/${domain}`, { language: 'es' })).status).toBe(204);
  expect((await admin.get('/prompt-languages/domains')).body.items).toContainEqual({ domain, language: 'es' });
  expect(spoken()).toBe('es');
  expect((await admin.put(`/prompt-languages/subscribers/${id}`, { language: 'en' })).status).toBe(204);
  expect((await admin.get(`/prompt-languages/subscribers/${id}`)).body).toEqual({ language: 'en' });
  expect(spoken()).toBe('en');
  expect((await admin.put(`/prompt-languages/subscribers/${id}`, { language: null })).status).toBe(204);
  expect(spoken()).toBe('es');

  const person = house.visitor();
  await person.post('/session', { login: '1001', password: 'Quite-a-secret-1' });
  expect((await person.get('/me/prompt-language')).body).toMatchObject({ language: null, languages: expect.arrayContaining(['en', 'es']) });
  expect((await person.put('/me/prompt-language', { language: 'en' })).status).toBe(204);
  expect([spoken(), (await person.get('/me/prompt-language')).body.language]).toEqual(['en', 'en']);
  expect((await person.put('/me/prompt-language', { language: 'xx' })).status).toBe(400);
  expect((await person.put(`/prompt-languages/subscribers/${id}`, { language: 'es' })).status).toBe(403);
  expect((await admin.put('/me/prompt-language', { language: 'es' })).status).toBe(403);
  expect((await house.visitor().put('/me/prompt-language', { language: 'es' })).status).toBe(401);
  expect((await person.put('/me/prompt-language', { language: null })).status).toBe(204);

  expect((await admin.put(`/prompt-languages/domains/${domain}`, { language: 'xx' })).status).toBe(400);
  expect((await admin.put('/prompt-languages/domains/elsewhere.test', { language: 'es' })).status).toBe(404);
  expect((await admin.put('/prompt-languages/subscribers/999', { language: 'es' })).status).toBe(404);
  expect((await house.visitor().put(`/prompt-languages/domains/${domain}`, { language: 'es' })).status).toBe(401);
});
