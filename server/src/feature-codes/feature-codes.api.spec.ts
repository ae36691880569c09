import { afterAll, beforeAll, expect, it } from 'vitest';
import { Directory } from '../directory/directory.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

let house: TestApp;
let admin: TestClient;
let directory: Directory;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  directory = house.app.get(Directory);
});

afterAll(() => house.stop());

const codes = async () => (await admin.get('/feature-codes')).body.items as { id: number; code: string; clash: string | null }[];
const idOf = async (code: string) => (await codes()).find((each) => each.code === code)!.id;

it('begins with the codes of the manual and the book (M-24, O-133)', async () => {
  expect((await codes()).map(({ code }) => code)).toEqual(['*100', '*101', '*102', '*103', '*97', '*98', '*99', '511', '613', '958']);
  expect(directory.featureCodes.find('613')?.code.feature).toBe('echo');
  expect(directory.featureCodes.find('51112')).toMatchObject({ code: { feature: 'conference' }, argument: '12' });
});

it('is in force at once: a code moves, is switched off, is added and taken away', async () => {
  const echo = await idOf('613');
  expect((await admin.patch(`/feature-codes/${echo}`, { code: '*61' })).body).toMatchObject({ code: '*61', feature: 'echo' });
  expect([directory.featureCodes.find('613'), directory.featureCodes.find('*61')?.code.id]).toEqual([undefined, echo]);
  await admin.patch(`/feature-codes/${echo}`, { enabled: false });
  expect(directory.featureCodes.find('*61')).toBeUndefined();
  const made = await admin.post('/feature-codes', { code: '*55', feature: 'conference', argument: '7', description: 'The weekly meeting' });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(directory.featureCodes.find('*55')?.argument).toBe('7');
  expect((await admin.delete(`/feature-codes/${made.body.id}`)).status).toBe(204);
  expect(directory.featureCodes.find('*55')).toBeUndefined();
});

it('says whose number a code would be, and never takes it away', async () => {
  await admin.post('/subscribers', { number: '7001', displayName: 'Berta', sipPassword: 'sip-secret' });
  const clash = await admin.post('/feature-codes', { code: '7001', feature: 'echo', description: 'Echo' });
  expect([clash.status, clash.body.code]).toEqual([409, 'number-taken']);
  expect(clash.body.detail).toContain('7001 is the number of Berta');
  const taken = await admin.post('/feature-codes', { code: '958', feature: 'echo', description: 'Echo' });
  expect([taken.status, taken.body.code]).toEqual([409, 'code-taken']);
  for (const code of ['0044', 'abc', '1']) {
    expect((await admin.post('/feature-codes', { code, feature: 'echo', description: 'Echo' })).status).toBe(400);
  }
  expect(
    (await admin.post('/feature-codes', { code: '*5', feature: 'conference', prefix: true, argument: '7', description: 'x' })).status,
  ).toBe(400);
});

it('goes back to the usual codes', async () => {
  const back = await admin.post('/feature-codes/reset');
  expect([back.status, back.body.items.length]).toEqual([200, 10]);
  expect(directory.featureCodes.find('613')?.code.enabled).toBe(true);
});

it('is for administrators; subscribers see what they may dial', async () => {
  await admin.post('/subscribers', { number: '7002', displayName: 'Carl', sipPassword: 'sip-secret', groups: ['local'] });
  const person = house.visitor();
  await person.post('/session', { login: '7002', password: 'sip-secret' });
  const mine = (await person.get('/me/feature-codes')).body.items as { code: string }[];
  expect(mine.map(({ code }) => code)).toEqual(['*100', '*101', '*103', '*98', '511', '613', '958']);
  for (const answer of [await person.get('/feature-codes'), await person.post('/feature-codes/reset')]) expect(answer.status).toBe(403);
});
