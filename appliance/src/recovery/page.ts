import type { Disk, HostState } from '../../../server/src/host/contract/index.ts';
import { describeContents, formatBytes } from '../data/disks.ts';
import type { ServerState } from '../services/server-watch.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

export interface PageFacts {
  readonly state: HostState;
  readonly server: ServerState;
  readonly busy: string;
  /** What came of the last action; empty when there was none. */
  readonly notice: string;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.4rem}fieldset{border:1px solid #999;border-radius:6px;margin:1rem 0}label{display:block;margin:.4rem 0}
button{font:inherit;padding:.4rem 1rem}input{font:inherit;padding:.3rem}.bad{border-left:4px solid #b00020;padding-left:1rem}pre{overflow:auto;background:#f3f3f3;padding:1rem}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}pre{background:#222}}`;

function layout(title: string, content: string, refresh: boolean): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
${refresh ? '<meta http-equiv="refresh" content="5">' : ''}<title>${escapeHtml(title)} - Dialtone</title><style>${STYLE}</style></head><body>
<main><h1>${escapeHtml(title)}</h1>
${content}
</main></body></html>
`;
}

const paragraph = (text: string, kind = ''): string =>
  text === '' ? '' : `<p${kind && ` class="${kind}"`}>${escapeHtml(text).replace(/\n/g, '<br>')}</p>`;

/** The state in a few words. */
export function headline({ state, server, busy }: PageFacts): string {
  if (busy) return `Dialtone is ${busy}`;
  if (state.state === 'missing') return 'Data disk not found';
  if (state.state === 'duplicate') return 'More than one data disk';
  if (state.state === 'damaged') return 'The data disk is damaged';
  if (state.state === 'looking') return 'Dialtone starts';
  const words: Record<ServerState, string> = {
    running: 'Dialtone is running',
    starting: 'Dialtone starts',
    refused: 'Dialtone does not start on this data',
    failed: 'Dialtone could not start',
    stopped: 'Dialtone is not running',
  };
  return words[server];
}

/** The page anyone may read: state in words, nothing that could be misused. */
export function statusPage(facts: PageFacts): string {
  const { state, server, notice } = facts;
  const lost = state.state === 'missing' || state.state === 'duplicate' || state.state === 'damaged';
  const disk = state.disk
    ? `Data disk: ${formatBytes(state.disk.free)} of ${formatBytes(state.disk.size)} free, check at boot: ${state.fsck.outcome}.`
    : '';
  const next = lost
    ? '<p><a href="/actions">Choose what to do</a> (needs the code on the console of the machine)</p>'
    : '<p><a href="/logs">Logs</a> (need the code on the console of the machine)</p>';
  const content = [
    paragraph(notice),
    paragraph(state.problem, 'bad'),
    paragraph(state.server.refusal, 'bad'),
    ...state.unattendedFaults.map((fault) => paragraph(fault, 'bad')),
    paragraph(disk),
    server === 'running' ? '<p><a href="/open">Open Dialtone</a></p>' : '',
    next,
    paragraph(`Version ${state.version} on ${state.hostname}. This page renews itself.`),
  ];
  return layout(headline(facts), content.join('\n'), true);
}

const codeField = '<label>Code on the console <input name="code" required autocomplete="off" size="10" placeholder="XXXX-XXXX"></label>';

function diskField(disk: Disk): string {
  const whole = `${disk.device}: ${disk.model} ${disk.serial}, ${formatBytes(disk.size)}, ${describeContents(disk)}`;
  const option = (value: string, text: string, disabled = false) =>
    `<label><input type="radio" name="disk" value="${escapeHtml(value)}" required${disabled ? ' disabled' : ''}> ${escapeHtml(text)}</label>`;
  const more = disk.refused ? ` (not possible: ${disk.refused})` : disk.blank ? '' : ` - not empty, to erase it type ${disk.confirm}`;
  const stick =
    disk.freeSpace > 0
      ? option(`${disk.device}+`, `Free space behind Dialtone on the USB stick ${disk.device}, ${formatBytes(disk.freeSpace)}`)
      : '';
  return `${stick}${option(disk.device, `${whole}${more}`, disk.refused !== '')}`;
}

/** What can be done while there is no data disk; everything needs the code. */
export function actionsPage(facts: PageFacts, disks: readonly Disk[]): string {
  const adopt = facts.state.candidates.map((c) => {
    const text = `${c.device}: ${c.model} ${c.serial}, made ${c.created.slice(0, 10)}, last used ${c.lastUsed?.slice(0, 16).replace('T', ' ') ?? 'unknown'}`;
    return `<label><input type="radio" name="partuuid" value="${escapeHtml(`${c.partuuid} ${c.device}`)}" required> ${escapeHtml(text)}</label>`;
  });
  const form = (action: string, legend: string, fields: string, button: string) =>
    `<form method="post" action="${action}"><fieldset><legend>${legend}</legend>${fields}<button>${button}</button></fieldset></form>`;
  const content = [
    paragraph(facts.notice, 'bad'),
    paragraph(facts.state.problem),
    adopt.length > 0 ? form('/adopt', 'Use one of these data disks', `${adopt.join('')}${codeField}`, 'Use it') : '',
    form('/retry', 'The disk is attached now', '', 'Look again'),
    form(
      '/prepare',
      'New system: choose a disk for the data',
      `${disks.map(diskField).join('') || '<p>There is no disk.</p>'}<label>To erase a disk that is not empty, type its name <input name="confirm" autocomplete="off" size="10"></label>${codeField}`,
      'Make a new system',
    ),
    form('/demo', 'Try without a disk: a power loss erases everything', codeField, 'Start the demo'),
    '<p>To restore a backup: make a new system, then choose restore in its set-up.</p>',
  ];
  return layout('What to do', content.join('\n'), false);
}

export function logsPage(notice: string, text: string | undefined): string {
  const form = `<form method="post" action="/logs">${codeField}<button>Show</button></form>`;
  return layout(
    'Logs',
    `${paragraph(notice, 'bad')}${text === undefined ? form : `<pre>${escapeHtml(text)}</pre>`}<p><a href="/">Back</a></p>`,
    false,
  );
}
