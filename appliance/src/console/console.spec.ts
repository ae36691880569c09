import { describe, expect, it } from 'vitest';
import type { HostState } from '../../../server/src/host/contract/index.ts';
import { type Text, textsIn } from '../texts/texts.ts';
import { withNetwork, withoutNetwork } from './access-menu.ts';
import { type Key, KeyReader } from './keys.ts';
import { type Facts, firstAddress, overview, webUrl } from './overview.ts';
import { qrLines } from './qr.ts';
import { fit, frame, HEIGHT, Screen, WIDTH, wrap } from './screen.ts';
import { Ui } from './ui.ts';

const names = (keys: Key[]) => keys.map((k) => (k.kind === 'sign' ? k.sign : k.kind));

describe('keys', () => {
  it('reads signs, controls and sequences, also in pieces', () => {
    const reader = new KeyReader();
    expect(names(reader.push('a1\r\u007f\u001b[A\u001bOB\u001b[5~ü'))).toEqual([
      'a',
      '1',
      'enter',
      'backspace',
      'up',
      'down',
      'pageup',
      'ü',
    ]);
    expect(names(reader.push('\u001b'))).toEqual([]);
    expect(reader.waits).toBe(true);
    expect(names(reader.push('['))).toEqual([]);
    expect(names(reader.push('B'))).toEqual(['down']);
  });

  it('takes an Escape with nothing behind it for the key', () => {
    const reader = new KeyReader();
    reader.push('\u001b');
    expect(names(reader.flush())).toEqual(['escape']);
    expect(names(reader.push('\u001bx'))).toEqual(['escape', 'x']);
  });

  it('drops sequences without a meaning', () => {
    expect(names(new KeyReader().push('\u001b[?1;2c\u001b[24~x\u0001'))).toContain('x');
  });
});

describe('the screen', () => {
  it('writes only what changed, and no sign that came from outside as a command', () => {
    let out = '';
    const screen = new Screen((text) => {
      out += text;
    });
    screen.draw([{ text: 'one' }, { text: 'evil \u001b[2J\u0007 disk' }]);
    expect(out).toContain('evil  [2J  disk');
    out = '';
    screen.draw([{ text: 'one' }, { text: 'two' }]);
    expect(out).toContain('two');
    expect(out).not.toContain('one');
  });

  it('is written once more, whole and without a flicker, when others may have written over it', () => {
    let out = '';
    const screen = new Screen((text) => {
      out += text;
    });
    screen.draw([{ text: 'one' }, { text: 'two' }]);
    screen.repaint();
    for (const whole of [true, false]) {
      out = '';
      screen.draw([{ text: 'one' }, { text: 'two' }]);
      expect([out.includes('one'), out.includes('two'), out.includes('\u001b[2J')]).toEqual([whole, whole, false]);
    }
  });

  it('erases the rest of a line, but not the last sign of a full one', () => {
    let out = '';
    const screen = new Screen((text) => {
      out += text;
    });
    screen.draw([{ text: 'x'.repeat(WIDTH) }, { text: 'y'.repeat(WIDTH - 1), rest: 'z' }, { text: 'short' }]);
    expect(out).not.toContain('x\u001b[K');
    expect(out).not.toContain('z\u001b[K');
    expect(out).toContain('short\u001b[K');
  });

  it('breaks lines at spaces and cuts words that are too long', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(wrap('abcdefghijkl mn', 5)).toEqual(['abcde', 'fghij', 'kl mn']);
    expect(wrap('a\n\nb', 5)).toEqual(['a', '', 'b']);
    expect(fit('abcdef', 4)).toBe('abc~');
    expect(fit('disco dañado', 12)).toBe('disco dañado');
  });

  it('is never larger than the terminal', () => {
    const lines = frame(
      'x'.repeat(100),
      'right',
      Array.from({ length: 50 }, () => ({ text: 'y' })),
      'foot',
    );
    expect(lines).toHaveLength(HEIGHT);
    for (const { text, rest = '' } of lines) expect(text.length + rest.length).toBeLessThanOrEqual(WIDTH);
  });
});

const state: HostState = {
  state: 'ready',
  demo: false,
  version: '0.1.0',
  buildId: 'b',
  hostname: 'pbx',
  disk: { device: 'sda1', partuuid: 'p', model: 'ST20', serial: 'S', size: 20e9, free: 18e9, onBootMedium: false },
  fsck: { outcome: 'repaired', exitCode: 1, summary: '' },
  candidates: [],
  problem: '',
  unattendedFaults: [],
  applianceId: 'a',
  server: { running: true, refusal: '' },
};
const port = {
  name: 'eth0',
  mac: '',
  link: true,
  speed: 1000,
  addresses: ['2001:db8::5/64', '192.168.100.100/24'],
  gateway: null,
  gateway6: null,
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
const english = textsIn('en');
const textOf = (f: Facts, texts = english) =>
  overview(f, texts)
    .map((l) => l.text)
    .join('\n');

describe('the first screen (A-6)', () => {
  it('shows state, address, code, ports, disk and check within 80x24', () => {
    const lines = overview(facts({ setupCode: 'ABCD-2345' }), english);
    expect(lines).toHaveLength(HEIGHT);
    for (const { text, rest = '' } of lines) expect(text.length + rest.length).toBeLessThanOrEqual(WIDTH);
    const text = lines.map((l) => l.text + (l.rest ?? '')).join('\n');
    for (const part of [
      'Dialtone 0.1.0',
      'running',
      'https://192.168.100.100/',
      'https://pbx.local/',
      'ABCD-2345',
      'eth0  up 1000M  192.168.100.100/24',
      'sda1 ST20',
      'check: repaired',
      '█',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('RECO-VERY');
  });

  it('shows what is wrong in words, and the code of the status page', () => {
    const missing = {
      ...state,
      state: 'missing' as const,
      disk: null,
    };
    const troubles: Text[] = [({ t }) => t('story.missing'), ({ t }) => t('unattended.noBlank')];
    const text = textOf(facts({ state: missing, server: 'stopped', interfaces: [{ ...port, link: false }], troubles }));
    for (const part of ['DATA DISK NOT FOUND', 'Attach it', 'There is no blank disk.', 'RECO-VERY', 'no link', 'no address yet'])
      expect(text).toContain(part);
  });

  it('says demo, a refusal of the server and a wrong clock', () => {
    const text = textOf(
      facts({
        state: { ...state, state: 'demo', demo: true, disk: null },
        troubles: ['Newer data.'],
        server: 'refused',
        clockWrong: true,
        networkPending: true,
      }),
    );
    for (const part of [
      'DEMO, does not start on this data',
      'nothing is kept',
      'Newer data.',
      'earlier than this version',
      'waits for its confirmation',
    ])
      expect(text).toContain(part);
    expect(textOf(facts({ busy: 'busy.checking' }))).toContain('checking the data disk ...');
  });

  it('says how the services are', () => {
    expect(textOf(facts())).toMatch(/Services +in order/);
    expect(textOf(facts({ failedServices: ['chrony', 'ssh'] }))).toMatch(/Services +FAILED: chrony, ssh/);
  });

  it('fits with many ports and long words', () => {
    const ports = Array.from({ length: 9 }, (_, i) => ({ ...port, name: `enp${i}s0f0np0` }));
    const lines = overview(facts({ interfaces: ports, troubles: ['word '.repeat(150)] }), english);
    expect(lines).toHaveLength(HEIGHT);
    for (const { text, rest = '' } of lines) expect(text.length + rest.length).toBeLessThanOrEqual(WIDTH);
  });

  it('leads to the status page while the server does not answer, and prefers IPv4', () => {
    expect(webUrl(facts({ server: 'starting' }))).toBe('http://192.168.100.100/');
    expect(firstAddress([{ ...port, addresses: ['2001:db8::5/64'] }])).toBe('[2001:db8::5]');
    expect(firstAddress([{ ...port, link: false }])).toBeUndefined();
  });
});

describe('who may administer', () => {
  it('is a list in which each stands once', () => {
    expect(withNetwork(['10.0.0.0/8'], '198.51.100.7')).toEqual(['10.0.0.0/8', '198.51.100.7']);
    expect(withNetwork(['10.0.0.0/8'], '10.0.0.0/8')).toEqual(['10.0.0.0/8']);
    expect(withoutNetwork(['10.0.0.0/8', '198.51.100.7'], '10.0.0.0/8')).toEqual(['198.51.100.7']);
  });
});

describe('the QR code', () => {
  it('is the smallest one for an IPv4 address, with its light border', () => {
    const lines = qrLines('https://192.168.100.100/');
    expect(lines).toHaveLength(13);
    expect(lines[0]).toBe('█'.repeat(25));
    for (const line of lines) expect(line).toHaveLength(25);
  });
});

describe('questions', () => {
  const start = () => {
    let shown = '';
    const ui = new Ui(
      new Screen((text) => {
        shown += text;
      }),
      'Dialtone',
      () => english,
    );
    const press = (...keys: (Key['kind'] | string)[]) => {
      for (const key of keys) ui.press(key.length === 1 ? { kind: 'sign', sign: key } : ({ kind: key } as Key));
    };
    return { ui, press, shown: () => shown };
  };
  const choices = ['a', 'b', 'c'].map((value) => ({ label: value, value }));

  it('chooses by arrows, by number, or not at all', async () => {
    const { ui, press } = start();
    const byArrows = ui.choose('t', choices);
    press('down', 'down', 'down', 'up', 'enter');
    expect(await byArrows).toBe('c');
    const byNumber = ui.choose('t', choices);
    press('9', '2');
    expect(await byNumber).toBe('b');
    const left = ui.choose('t', choices);
    press('escape');
    expect(await left).toBeUndefined();
  });

  it('scrolls a list that is longer than the screen', async () => {
    const { ui, press, shown } = start();
    const long = ui.choose(
      't',
      Array.from({ length: 60 }, (_, i) => ({ label: `item-${i}`, value: i })),
    );
    expect(shown()).not.toContain('item-59');
    press('up');
    expect(shown()).toContain('item-59');
    press('enter');
    expect(await long).toBe(59);
  });

  it('asks again until a text is right', async () => {
    const { ui, press, shown } = start();
    const text = ui.input('t', 'Type it', 'x', (v) => (v === 'ok' ? undefined : 'Not that.'));
    press('enter');
    expect(shown()).toContain('Not that.');
    press('backspace', 'o', 'k', 'enter');
    expect(await text).toBe('ok');
  });

  it('takes No for the default', async () => {
    const { ui, press } = start();
    const sure = ui.confirm('t', 'Sure?');
    press('enter');
    expect(await sure).toBe(false);
  });

  it('says what went wrong with a piece of work', async () => {
    const { ui, press, shown } = start();
    const work = ui.work('t', () => Promise.reject(new Error('the disk is full')));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(shown()).toContain('the disk is full');
    press('enter');
    expect(await work).toBe(false);
  });
});
