import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostWithoutDisk } from '../testing.ts';
import { startStatusPage } from './status-page.ts';

describe('the status page in two languages', () => {
  const host = hostWithoutDisk();
  let server: Server;
  beforeAll(async () => {
    server = await startStatusPage(host, 0, '127.0.0.1');
  });
  afterAll(() => server.close());

  const get = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { redirect: 'manual', headers, ...init });
  const page = async (path: string, headers: Record<string, string> = {}) => (await get(path, headers)).text();

  it('speaks Spanish to a browser that asks for it', async () => {
    const html = await page('/', { 'accept-language': 'es-PE,es;q=0.9,en;q=0.8' });
    expect(html).toContain('<html lang="es">');
    for (const part of ['<h1>Disco de datos no encontrado</h1>', 'Modo seguro:', 'Elegir qué hacer', 'Versión 0.1.0 en pbx']) {
      expect(html).toContain(part);
    }
    expect(html).not.toMatch(/Safe mode|Choose what|renews itself/);
    const actions = await page('/actions', { 'accept-language': 'es' });
    for (const part of ['Sistema nuevo: elija un disco', 'Código de la consola', 'Empezar la demo', 'No hay ningún disco.']) {
      expect(actions).toContain(part);
    }
    expect(await page('/logs', { 'accept-language': 'es' })).toContain('Mostrar');
  });

  it('speaks English as it always did, and to whoever asks for neither as the console does', async () => {
    const html = await page('/', { 'accept-language': 'en' });
    for (const part of ['<html lang="en">', 'Data disk not found', 'Safe mode: no data disk was looked for', 'Choose what to do'])
      expect(html).toContain(part);
    expect(await page('/', { 'accept-language': 'de' })).toContain('Data disk not found');
    await host.language.set('es');
    expect(await page('/', { 'accept-language': 'de' })).toContain('Disco de datos no encontrado');
    await host.language.set('en');
  });

  it('has a switch that stays, and leads back to the page and nowhere else', async () => {
    expect(await page('/actions', { 'accept-language': 'en' })).toContain('href="/language?to=es&amp;back=/actions"');
    const answer = await get('/language?to=es&back=/actions');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/actions']);
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await page('/actions', { 'accept-language': 'en', cookie })).toContain('Qué hacer');
    const elsewhere = await get(`/language?to=xx&back=${encodeURIComponent('//evil.example')}`);
    expect([elsewhere.headers.get('location'), elsewhere.headers.get('set-cookie')]).toEqual(['/', null]);
  });

  it('refuses in the language of the reader', async () => {
    const wrong = (language: string) =>
      get('/demo', { 'accept-language': language }, { method: 'POST', body: new URLSearchParams({ code: 'X' }) }).then((r) => r.text());
    expect(await wrong('es')).toContain('El código no es correcto. Está en la consola de la máquina.');
    expect(await wrong('en')).toContain('The code is wrong.');
  });
});
