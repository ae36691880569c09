import { type HostState, LANGUAGES } from '../../../server/src/host/contract/index.ts';
import { candidateFacts, type DescribedDisk, describeContents, formatBytes } from '../data/disks.ts';
import type { Busy } from '../data/story.ts';
import type { ServerState } from '../services/server-watch.ts';
import { LANGUAGE_NAMES, type Text, type Texts } from '../texts/texts.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

export interface PageFacts {
  readonly state: HostState;
  readonly server: ServerState;
  readonly busy: Busy | undefined;
  /** What is wrong with the data disk. */
  readonly problem: Text;
  /** All that is wrong, in sentences. */
  readonly troubles: readonly Text[];
  /** What came of the last action; empty when there was none. */
  readonly notice: Text;
}

/** The pages of their own, where a choice of the language comes back to. */
export const PAGES = ['/', '/actions', '/logs'] as const;
type Page = (typeof PAGES)[number];

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff;overflow-wrap:anywhere}
h1{font-size:1.4rem}fieldset{border:1px solid #999;border-radius:6px;margin:1rem 0;min-width:0}label{display:block;margin:.4rem 0}nav{text-align:right}nav a{display:inline-block;padding:.3rem}
button{font:inherit;padding:.4rem 1rem}input{font:inherit;padding:.3rem}.bad{border-left:4px solid #b00020;padding-left:1rem}pre{overflow:auto;background:#f3f3f3;padding:1rem}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}pre{background:#222}}`;

function layout(texts: Texts, page: Page, title: string, content: string, refresh = false): string {
  const { language, t } = texts;
  const others = LANGUAGES.filter((other) => other !== language).map(
    (other) => `<a href="/language?to=${other}&amp;back=${page}" lang="${other}" hreflang="${other}">${LANGUAGE_NAMES[other]}</a>`,
  );
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
${refresh ? '<meta http-equiv="refresh" content="5">' : ''}<title>${escapeHtml(title)} - Dialtone</title><style>${STYLE}</style></head><body>
<nav aria-label="${escapeHtml(t('page.language'))}">${others.join(' ')}</nav>
<main><h1>${escapeHtml(title)}</h1>
${content}
</main></body></html>
`;
}

const paragraph = (text: string, kind = ''): string =>
  text === '' ? '' : `<p${kind && ` class="${kind}"`}>${escapeHtml(text).replace(/\n/g, '<br>')}</p>`;

const link = (to: string, text: string, more = ''): string =>
  `<p><a href="${to}">${escapeHtml(text)}</a>${more && ` ${escapeHtml(more)}`}</p>`;

/** The state in a few words. */
export function headline({ state, server, busy }: PageFacts, { t }: Texts): string {
  if (busy) return t('page.busy', { busy: t(busy) });
  if (state.state === 'ready' || state.state === 'demo') return t(`page.${server}`);
  return t(`page.${state.state}`);
}

/** The page anyone may read: state in words, nothing that could be misused. */
export function statusPage(facts: PageFacts, texts: Texts): string {
  const { t, say } = texts;
  const { state, server } = facts;
  const lost = state.state === 'missing' || state.state === 'duplicate' || state.state === 'damaged';
  const outcome = t(`disk.check.${state.fsck.outcome}`);
  const disk =
    state.disk && t('page.disk', { free: formatBytes(state.disk.free, texts), size: formatBytes(state.disk.size, texts), outcome });
  const content = [
    paragraph(say(facts.notice)),
    ...facts.troubles.map((trouble) => paragraph(say(trouble), 'bad')),
    paragraph(disk ?? ''),
    server === 'running' ? link('/open', t('page.open')) : '',
    lost ? link('/actions', t('page.toActions'), t('page.toActionsMore')) : link('/logs', t('page.toLogs'), t('page.toLogsMore')),
    paragraph(t('page.version', { version: state.version, name: state.hostname })),
  ];
  return layout(texts, '/', headline(facts, texts), content.join('\n'), true);
}

const codeField = ({ t }: Texts): string =>
  `<label>${escapeHtml(t('page.code'))} <input name="code" required autocomplete="off" size="10" placeholder="XXXX-XXXX"></label>`;

function diskField(disk: DescribedDisk, texts: Texts): string {
  const { t, say } = texts;
  const { device, refused, confirm } = disk;
  const whole = `${device}: ${say(disk.model)} ${disk.serial}, ${formatBytes(disk.size, texts)}, ${describeContents(disk, texts)}`;
  const option = (value: string, text: string, disabled = false) =>
    `<label><input type="radio" name="disk" value="${escapeHtml(value)}" required${disabled ? ' disabled' : ''}> ${escapeHtml(text)}</label>`;
  const more = refused ? t('page.notPossible', { why: say(refused) }) : disk.blank ? '' : t('page.notEmpty', { confirm });
  const stick = disk.freeSpace > 0 ? option(`${device}+`, t('page.freeSpace', { device, size: formatBytes(disk.freeSpace, texts) })) : '';
  return `${stick}${option(device, `${whole}${more}`, refused !== '')}`;
}

/** What can be done while there is no data disk; everything needs the code. */
export function actionsPage(facts: PageFacts, disks: readonly DescribedDisk[], texts: Texts): string {
  const { t, say } = texts;
  const code = codeField(texts);
  const adopt = facts.state.candidates.map((c) => {
    const text = t('page.candidate', candidateFacts(c, texts));
    return `<label><input type="radio" name="partuuid" value="${escapeHtml(`${c.partuuid} ${c.device}`)}" required> ${escapeHtml(text)}</label>`;
  });
  const form = (action: string, legend: string, fields: string, button: string) =>
    `<form method="post" action="${action}"><fieldset><legend>${escapeHtml(legend)}</legend>${fields}<button>${escapeHtml(button)}</button></fieldset></form>`;
  const choices = disks.map((disk) => diskField(disk, texts)).join('') || paragraph(t('page.noDisk'));
  const name = `<label>${escapeHtml(t('page.typeName'))} <input name="confirm" autocomplete="off" size="10"></label>`;
  const content = [
    paragraph(say(facts.notice), 'bad'),
    paragraph(say(facts.problem)),
    adopt.length > 0 ? form('/adopt', t('page.adopt'), `${adopt.join('')}${code}`, t('page.adoptButton')) : '',
    form('/retry', t('page.retry'), '', t('page.retryButton')),
    form('/prepare', t('page.new'), `${choices}${name}${code}`, t('page.newButton')),
    form('/demo', t('page.demo'), code, t('page.demoButton')),
    paragraph(t('page.restore')),
  ];
  return layout(texts, '/actions', t('page.actions'), content.join('\n'));
}

export function logsPage(notice: Text, log: string | undefined, texts: Texts): string {
  const { t, say } = texts;
  const form = `<form method="post" action="/logs">${codeField(texts)}<button>${escapeHtml(t('page.show'))}</button></form>`;
  const body = log === undefined ? form : `<pre>${escapeHtml(log)}</pre>`;
  return layout(texts, '/logs', t('page.logs'), `${paragraph(say(notice), 'bad')}${body}${link('/', t('page.back'))}`);
}
