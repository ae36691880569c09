import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openApiDocument } from '../openapi.ts';

const root = new URL('..', import.meta.url).pathname;
const document = await openApiDocument();
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => (item[method] ? [{ name: `${method} ${path}`, operation: item[method] }] : [])),
);

it('gives every component a name of its own', () => {
  const ids = globSync('**/*.ts', { cwd: root, exclude: (name) => name.endsWith('.spec.ts') }).flatMap((file) =>
    [...readFileSync(`${root}${file}`, 'utf8').matchAll(/\.meta\(\{ id: '(\w+)'/g)].map((match) => match[1] ?? ''),
  );
  expect(ids.length).toBeGreaterThan(30);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

it('names every operation once, and says what it answers and how it refuses', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  const unclear = operations.filter(({ operation }) => {
    const statuses = Object.keys(operation.responses);
    return !statuses.includes('default') || !statuses.some((status) => /^2/.test(status));
  });
  expect(unclear.map(({ name }) => name)).toEqual([]);
});

it('is the document in the repository', () => {
  const written: unknown = JSON.parse(readFileSync(`${root}../openapi.json`, 'utf8'));
  expect(written, 'run `npm run build`, and commit server/openapi.json').toEqual(JSON.parse(JSON.stringify(document)));
});
