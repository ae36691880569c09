import type { HostState, InterfaceStatus } from '../../../server/src/host/contract/index.ts';
import { formatBytes } from '../data/disks.ts';
import type { ServerState } from '../services/server-watch.ts';
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
  readonly busy: string;
  readonly networkPending: boolean;
  /** The clock is earlier than the image: it cannot be right. */
  readonly clockWrong: boolean;
}

const SERVER_WORDS: Readonly<Record<ServerState, string>> = {
  running: 'running',
  starting: 'starting ...',
  refused: 'does not start on this data',
  failed: 'failed',
  stopped: 'not running',
};

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

export function stateWord({ state, server, busy }: Facts): string {
  if (busy) return `${busy} ...`;
  switch (state.state) {
    case 'looking':
      return 'looking for the data disk ...';
    case 'missing':
      return 'DATA DISK NOT FOUND';
    case 'duplicate':
      return 'MORE THAN ONE DATA DISK';
    case 'damaged':
      return 'DATA DISK DAMAGED';
    default:
      return `${state.demo ? 'DEMO, ' : ''}${SERVER_WORDS[server]}`;
  }
}

function fsckWords({ fsck }: HostState): string {
  if (fsck.outcome === 'none') return '';
  return `, check: ${fsck.outcome}`;
}

function diskLines({ state }: Facts): string[] {
  if (state.demo) return ['none: demo in memory, nothing is kept'];
  if (!state.disk) return [state.fsck.outcome === 'failed' ? 'check failed' : 'none'];
  const { device, model, size, free, onBootMedium } = state.disk;
  return [
    `${device} ${model}`.trim(),
    `${formatBytes(free)} of ${formatBytes(size)} free${fsckWords(state)}`,
    ...(onBootMedium ? ['on the boot stick: a disk lasts longer'] : []),
  ];
}

function interfaceLines(interfaces: readonly InterfaceStatus[]): string[] {
  if (interfaces.length === 0) return ['no network card found'];
  return interfaces.flatMap(({ name, link, speed, addresses }) => {
    const cable = link ? `up${speed ? ` ${speed}M` : ''}` : 'no link';
    const [first, ...more] = [...addresses].sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')));
    return [`${name}  ${cable}  ${first ?? (link ? 'no address yet' : '')}`.trimEnd(), ...more.slice(0, 2).map((a) => `  ${a}`)];
  });
}

/** Label and its lines, aligned. */
function field(label: string, lines: readonly string[], width: number): Line[] {
  return lines.map((line, at) => ({ text: fit(`${(at === 0 ? label : '').padEnd(11)}${line}`, width) }));
}

/** The left half: what matters, in the order people look for it. */
function facts(f: Facts, width: number): Line[] {
  const { state, server } = f;
  const url = webUrl(f);
  const lines: Line[] = [{ text: fit(`${'State'.padEnd(11)}${stateWord(f)}`, width), style: BOLD }];
  const running = server === 'running';
  lines.push(...field('Web', url ? [url, ...(running ? [`https://${state.hostname}.local/`] : [])] : ['no address yet'], width));
  if (f.setupCode) lines.push({ text: fit(`${'Set-up code'.padEnd(13)}${f.setupCode}`, width), style: BOLD });
  else if (state.state !== 'ready' && !state.demo && state.state !== 'looking') {
    lines.push({ text: fit(`${'Page code'.padEnd(11)}${f.recoveryCode}`, width), style: BOLD });
  }
  lines.push({ text: ' '.repeat(width) });
  lines.push(...field('Network', interfaceLines(f.interfaces), width).slice(0, 7));
  lines.push(...field('Data disk', diskLines(f), width));
  lines.push(...field('Services', [f.failedServices.length === 0 ? 'in order' : `FAILED: ${f.failedServices.join(', ')}`], width));
  if (f.networkPending) lines.push(...field('', ['Network change waits for its confirmation'], width));
  if (f.clockWrong) lines.push(...field('Clock', ['wrong: earlier than this version was made'], width));
  return lines;
}

/** What is wrong, in words, over the whole width. */
function troubles({ state }: Facts): Line[] {
  const texts = [state.problem, state.server.refusal, ...state.unattendedFaults].filter((text) => text !== '');
  return texts.flatMap((text) => wrap(text, WIDTH - 4)).map((text) => ({ text: `  ${text}` }));
}

/** The first screen, pure: 24 lines of at most 80 signs. */
export function overview(f: Facts): Line[] {
  const url = webUrl(f);
  const qr = url ? qrLines(url) : [];
  const qrWidth = qr[0]?.length ?? 0;
  const left = facts(f, WIDTH - qrWidth - 3);
  const trouble = troubles(f);
  // With little room the words are worth more than the picture.
  const rows = Math.max(left.length, Math.min(qr.length, 21 - trouble.length));
  const withQr = rows >= qr.length;
  const body: Line[] = [];
  for (let row = 0; row < rows; row++) {
    const line = left[row] ?? { text: ' '.repeat(WIDTH - qrWidth - 3) };
    body.push({ ...line, text: ` ${line.text}`, ...(withQr && qr[row] && { rest: ` ${qr[row]}` }) });
  }
  if (trouble.length > 0) body.push({ text: '' }, ...trouble);
  return frame(`Dialtone ${f.state.version}`, f.state.hostname, body, 'Enter: menu');
}
