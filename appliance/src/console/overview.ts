import type { HostState, InterfaceStatus } from '../../../server/src/host/contract/index.ts';
import { formatBytes } from '../data/disks.ts';
import type { Busy } from '../data/story.ts';
import type { ServerState } from '../services/server-watch.ts';
import type { MessageKey, Text, Texts } from '../texts/texts.ts';
import { qrLines } from './qr.ts';
import { BOLD, fit, frame, type Line, WIDTH, wrap } from './screen.ts';

/** All the first screen shows (A-6). */
export interface Facts {
  readonly state: HostState;
  readonly server: ServerState;
  readonly setupCode: string;
  readonly recoveryCode: string;
  readonly interfaces: readonly InterfaceStatus[];
  /** Services that gave up. */
  readonly failedServices: readonly string[];
  /** What is going on with the data disk at the moment. */
  readonly busy: Busy | undefined;
  /** What is wrong, in sentences. */
  readonly troubles: readonly Text[];
  readonly networkPending: boolean;
  /** The clock is earlier than the image: it cannot be right. */
  readonly clockWrong: boolean;
}

const SERVER_WORDS = {
  running: 'overview.running',
  starting: 'overview.starting',
  refused: 'overview.refused',
  failed: 'overview.serverFailed',
  stopped: 'overview.stopped',
} as const satisfies Readonly<Record<ServerState, MessageKey>>;

/** The first address a browser can use, in URL form; undefined while there is none. */
export function firstAddress(interfaces: readonly InterfaceStatus[]): string | undefined {
  const all = interfaces.filter((i) => i.link).flatMap((i) => i.addresses.map((a) => a.split('/')[0] ?? ''));
  const v4 = all.find((a) => a.includes('.'));
  const v6 = all[0];
  return v4 ?? (v6 && `[${v6}]`);
}

/** Where a browser goes now: to the server once it runs, else to the status page, which the firewall puts in its place. */
export function webUrl({ interfaces, server }: Pick<Facts, 'interfaces' | 'server'>): string | undefined {
  const address = firstAddress(interfaces);
  if (!address) return undefined;
  return `${server === 'running' ? 'https' : 'http'}://${address}/`;
}

export function stateWord({ state, server, busy }: Facts, { t }: Texts): string {
  if (busy) return `${t(busy)} ...`;
  switch (state.state) {
    case 'looking':
      return t('overview.looking');
    case 'missing':
      return t('overview.missing');
    case 'duplicate':
      return t('overview.duplicate');
    case 'damaged':
      return t('overview.damaged');
    default:
      return state.demo ? t('overview.demo', { server: t(SERVER_WORDS[server]) }) : t(SERVER_WORDS[server]);
  }
}

function diskLines({ state }: Facts, texts: Texts): string[] {
  const { t } = texts;
  const { outcome } = state.fsck;
  if (state.demo) return [t('overview.demoDisk')];
  if (!state.disk) return [t(outcome === 'failed' ? 'overview.checkFailed' : 'overview.noDisk')];
  const { device, model, size, free, onBootMedium } = state.disk;
  return [
    `${device} ${model}`.trim(),
    t('overview.free', { free: formatBytes(free, texts), size: formatBytes(size, texts) }) +
      (outcome === 'none' ? '' : t(`overview.check.${outcome}`)),
    ...(onBootMedium ? [t('overview.onStick')] : []),
  ];
}

function interfaceLines(interfaces: readonly InterfaceStatus[], { t }: Texts): string[] {
  if (interfaces.length === 0) return [t('overview.noCard')];
  return interfaces.flatMap(({ name, link, speed, addresses }) => {
    const cable = link ? `${t('overview.link')}${speed ? ` ${speed}M` : ''}` : t('overview.noLink');
    const [first, ...more] = [...addresses].sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')));
    return [`${name}  ${cable}  ${first ?? (link ? t('overview.noAddress') : '')}`.trimEnd(), ...more.slice(0, 2).map((a) => `  ${a}`)];
  });
}

/** Label and its lines, aligned. */
function field(label: string, lines: readonly string[], width: number): Line[] {
  return lines.map((line, at) => ({ text: fit(`${(at === 0 ? label : '').padEnd(11)}${line}`, width) }));
}

/** The left half: what matters, in the order people look for it. */
function facts(f: Facts, width: number, texts: Texts): Line[] {
  const { state, server } = f;
  const { t } = texts;
  const url = webUrl(f);
  const lines: Line[] = [{ text: fit(`${t('overview.state').padEnd(11)}${stateWord(f, texts)}`, width), style: BOLD }];
  const running = server === 'running';
  lines.push(
    ...field(t('overview.web'), url ? [url, ...(running ? [`https://${state.hostname}.local/`] : [])] : [t('overview.noAddress')], width),
  );
  if (f.setupCode) lines.push({ text: fit(`${t('overview.setUpCode')}  ${f.setupCode}`, width), style: BOLD });
  else if (state.state !== 'ready' && !state.demo && state.state !== 'looking') {
    lines.push({ text: fit(`${t('overview.pageCode')}  ${f.recoveryCode}`, width), style: BOLD });
  }
  lines.push({ text: ' '.repeat(width) });
  lines.push(...field(t('overview.network'), interfaceLines(f.interfaces, texts), width).slice(0, 7));
  lines.push(...field(t('overview.disk'), diskLines(f, texts), width));
  const services = f.failedServices.length === 0 ? t('overview.inOrder') : t('overview.failed', { names: f.failedServices.join(', ') });
  lines.push(...field(t('overview.services'), [services], width));
  if (f.networkPending) lines.push(...field('', [t('overview.networkPending')], width));
  if (f.clockWrong) lines.push(...field(t('overview.clock'), [t('overview.clockWrong')], width));
  return lines;
}

/** What is wrong, in words, over the whole width. */
function troubles(f: Facts, { say }: Texts): Line[] {
  return f.troubles.flatMap((text) => wrap(say(text), WIDTH - 4)).map((text) => ({ text: `  ${text}` }));
}

/** The first screen, pure: 24 lines of at most 80 signs. */
export function overview(f: Facts, texts: Texts): Line[] {
  const url = webUrl(f);
  const qr = url ? qrLines(url) : [];
  const qrWidth = qr[0]?.length ?? 0;
  const left = facts(f, WIDTH - qrWidth - 3, texts);
  const trouble = troubles(f, texts);
  // With little room the words are worth more than the picture.
  const rows = Math.max(left.length, Math.min(qr.length, 21 - trouble.length));
  const withQr = rows >= qr.length;
  const body: Line[] = [];
  for (let row = 0; row < rows; row++) {
    const line = left[row] ?? { text: ' '.repeat(WIDTH - qrWidth - 3) };
    body.push({ ...line, text: ` ${line.text}`, ...(withQr && qr[row] && { rest: ` ${qr[row]}` }) });
  }
  if (trouble.length > 0) body.push({ text: '' }, ...trouble);
  return frame(`Dialtone ${f.state.version}`, f.state.hostname, body, `${texts.t('console.menuKey')}   ${texts.t('console.languageKey')}`);
}
