import { describe, expect, it } from 'vitest';
import { type HostState, LANGUAGES } from '../../../server/src/host/contract/index.ts';
import type { Host } from '../host.ts';
import { hostWithoutDisk } from '../testing.ts';
import { type Text, textsIn } from '../texts/texts.ts';
import type { Key } from './keys.ts';
import { languageMenu } from './language-menu.ts';
import { mainMenu } from './menu.ts';
import { type Facts, overview } from './overview.ts';
import { cells, fit, HEIGHT, type Line, Screen, WIDTH, wrap } from './screen.ts';
import { Ui } from './ui.ts';

const text = (lines: readonly Line[]): string => lines.map((line) => line.text + (line.rest ?? '')).join('\n');

/** Every line has room on the screen, and none was cut for it. */
function fits(lines: readonly Line[]): void {
  expect(lines.length).toBeLessThanOrEqual(HEIGHT);
  for (const line of lines) {
    expect([line.text, (line.text + (line.rest ?? '')).length <= WIDTH]).toEqual([line.text, true]);
    expect(line.text).not.toMatch(/~ *$/);
  }
}

const port = {
  name: 'enp0s31f6',
  mac: '',
  link: true,
  speed: 1000,
  addresses: ['192.168.100.100/24', '2001:db8::5/64'],
  gateway: null,
  gateway6: null,
};
const state: HostState = {
  state: 'ready',
  demo: false,
  version: '0.1.0',
  buildId: 'b',
  hostname: 'pbx',
  disk: { device: 'nvme0n1p1', partuuid: 'p', model: 'Samsung SSD 970', serial: 'S', size: 99.9e9, free: 88.8e9, onBootMedium: true },
  fsck: { outcome: 'repaired', exitCode: 1, summary: '' },
  candidates: [],
  problem: '',
  unattendedFaults: [],
  applianceId: 'a',
  server: { running: true, refusal: '' },
};
const facts = (more: Partial<Facts> = {}): Facts => ({
  state,
  server: 'running',
  setupCode: '',
  recoveryCode: 'RECO-VERY',
  interfaces: [port],
  failedServices: [],
  busy: undefined,
  networkPending: false,
  clockWrong: false,
  troubles: [],
  ...more,
});
const story =
  (key: 'story.missing' | 'story.duplicate' | 'story.damaged' | 'story.demo' | 'story.safeMode'): Text =>
  ({ t }) =>
    t(key);

describe.each(LANGUAGES)('the first screen in %s', (language) => {
  const texts = textsIn(language);

  it.each<[string, Partial<Facts>]>([
    ['running', {}],
    ['set-up', { setupCode: 'ABCD-2345', networkPending: true, clockWrong: true }],
    ['services that failed', { failedServices: ['chrony', 'ssh'], interfaces: [{ ...port, link: false, addresses: [] }] }],
    ['no network card', { interfaces: [] }],
    ['a card without an address', { interfaces: [{ ...port, addresses: [] }] }],
    ['clean', { state: { ...state, fsck: { ...state.fsck, outcome: 'clean' } }, server: 'starting' }],
    ['failed', { server: 'failed' }],
    ['looking', { state: { ...state, state: 'looking', disk: null }, server: 'stopped', busy: 'busy.looking' }],
    ['missing', { state: { ...state, state: 'missing', disk: null }, server: 'stopped', troubles: [story('story.missing')] }],
    ['safe mode', { state: { ...state, state: 'missing', disk: null }, server: 'stopped', troubles: [story('story.safeMode')] }],
    ['duplicate', { state: { ...state, state: 'duplicate', disk: null }, server: 'stopped', troubles: [story('story.duplicate')] }],
    [
      'damaged',
      {
        state: { ...state, state: 'damaged', disk: null, fsck: { outcome: 'failed', exitCode: 4, summary: '' } },
        server: 'stopped',
        troubles: [story('story.damaged'), 'dialtone-data: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.'],
      },
    ],
    ['demo', { state: { ...state, state: 'demo', demo: true, disk: null }, server: 'refused', troubles: [story('story.demo')] }],
  ])('holds 80x25: %s', (_name, more) => {
    const lines = overview(facts(more), texts);
    expect(lines).toHaveLength(HEIGHT);
    fits(lines);
  });

  it('says in both languages how to change the language', () => {
    const foot = overview(facts(), texts).at(-1)?.text;
    expect(foot).toContain('idioma');
    expect(foot).toContain('language');
  });
});

describe('the first screen', () => {
  it('speaks Spanish', () => {
    const missing: HostState = { ...state, state: 'missing', disk: null };
    const troubles: Text[] = [story('story.missing'), ({ t }) => t('unattended.noBlank')];
    const screen = text(overview(facts({ state: missing, server: 'stopped', troubles }), textsIn('es')));
    for (const part of [
      /Estado +DISCO DE DATOS NO ENCONTRADO/,
      /Código de la página {2}RECO-VERY/,
      /Red +enp0s31f6 {2}ok 1000M {2}192\.168\.100\.100\/24/,
      /Disco +ninguno/,
      /Servicios +en orden/,
      'No se encuentra el disco de datos.',
      'No hay ningún disco vacío.',
      'Enter: menú   L: idioma / language',
    ])
      expect(screen).toMatch(part);
    expect(text(overview(facts({ setupCode: 'ABCD-2345' }), textsIn('es')))).toMatch(/Código de instalación {2}ABCD-2345/);
    expect(text(overview(facts(), textsIn('es')))).toContain('88,8 GB de 99,9 GB libres, reparado');
  });
});

describe('the columns of the screen', () => {
  it('are one for a letter with its accent, however it came', () => {
    expect(cells('dan\u0303ado')).toBe('dañado');
    expect(fit('dan\u0303ado', 8)).toBe('dañado  ');
    expect(wrap('Ma\u0301s de un disco', 6)).toEqual(['Más de', 'un', 'disco']);
  });

  it('are not trusted to signs of two or of none', () => {
    expect(cells('写真 📷 a\u200bb\u0007')).toBe('?? ? ab ');
    expect(fit('写真', 6)).toHaveLength(6);
  });
});

/** What stands on the screen of a person who looks at it. */
class Shown extends Screen {
  lines: readonly Line[] = [];
  constructor() {
    super(() => undefined);
  }
  override draw(lines: readonly Line[]): void {
    this.lines = lines;
  }
}

function sit(host: Host) {
  const screen = new Shown();
  const ui = new Ui(screen, 'Dialtone', () => host.language.texts);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
  const press = async (...kinds: Exclude<Key['kind'], 'sign'>[]) => {
    for (const kind of kinds) {
      ui.press({ kind });
      await settle();
    }
  };
  /** Takes the line with this label by the sign before it. */
  const choose = async (label: string) => {
    const line = screen.lines.find((l) => l.text.slice(5).startsWith(label));
    expect([label, line !== undefined]).toEqual([label, true]);
    ui.press({ kind: 'sign', sign: line?.text[2] ?? '' });
    await settle();
  };
  return { ui, screen, press, choose, settle, text: () => text(screen.lines) };
}

describe('the choice of the language', () => {
  it('is in the menu, before there is a data disk', async () => {
    let told = 0;
    const host = hostWithoutDisk(() => told++);
    const { ui, press, choose, text: shown } = sit(host);
    const menu = mainMenu(ui, host);
    await press('redraw');
    expect(shown()).toContain('Factory reset');
    await choose('Language / Idioma');
    await choose('Español');
    expect(host.language.value).toBe('es');
    expect(told).toBeGreaterThan(1);
    for (const part of ['Menú', 'Disco de datos: elegir', 'Language / Idioma', 'Apagar', 'Esc: volver']) expect(shown()).toContain(part);
    await choose('Language / Idioma');
    await choose('English');
    expect(shown()).toContain('Power off');
    await press('escape');
    await menu;
  });

  it('is behind a key of the first screen, and left alone by Escape', async () => {
    const host = hostWithoutDisk();
    const { ui, press, text: shown } = sit(host);
    const menu = languageMenu(ui, host);
    await press('redraw');
    expect(shown()).toMatch(/English[\s\S]*Español/);
    await press('escape');
    await menu;
    expect(host.language.value).toBe('en');
  });

  it('keeps the menu in its order, with the new entry before those that end the machine', async () => {
    const host = hostWithoutDisk();
    const { ui, screen, press } = sit(host);
    const menu = mainMenu(ui, host);
    await press('redraw');
    const labels = screen.lines.flatMap(({ text: line }) => /^ {2}\S {2}(\S.*?) *$/.exec(line)?.[1] ?? []);
    expect(labels.slice(-4)).toEqual(['Factory reset', 'Language / Idioma', 'Reboot', 'Power off']);
    await press('escape');
    await menu;
  });
});

describe.each(LANGUAGES)('the menus in %s', (language) => {
  it('hold 80x25, and nothing is cut', async () => {
    const host = hostWithoutDisk();
    await host.language.set(language);
    const { t } = textsIn(language);
    const { ui, screen, press, choose } = sit(host);
    const menu = mainMenu(ui, host);
    await press('redraw');
    fits(screen.lines);
    const entries = [
      'menu.chooseDisk',
      'menu.network',
      'menu.names',
      'menu.admin',
      'menu.access',
      'menu.timeZone',
      'menu.logs',
      'menu.update',
    ] as const;
    for (const key of [...entries, 'menu.reset', 'language.title', 'menu.reboot', 'menu.powerOff'] as const) {
      await choose(t(key));
      fits(screen.lines);
      await press('escape');
      expect(text(screen.lines)).toContain(t('menu.powerOff'));
    }
    await choose(t('menu.chooseDisk'));
    for (const key of ['disk.demoEntry'] as const) {
      await choose(t(key));
      fits(screen.lines);
      expect(text(screen.lines)).toMatch(language === 'es' ? /1 {2}No[\s\S]*2 {2}Sí/ : /1 {2}No[\s\S]*2 {2}Yes/);
      await press('escape');
    }
    await press('escape', 'escape');
    await menu;
  });
});
