import { describe, expect, it } from 'vitest';
import { refusalText } from '../services/server-watch.ts';
import { inEnglish, type Text, textsIn } from '../texts/texts.ts';
import { statusText } from './update-menu.ts';

const inBoth = (text: Text): string[] => [inEnglish(text), textsIn('es').say(text)];

describe('where the data stands with upgrades', () => {
  it('is said in both languages', () => {
    expect(inBoth(statusText('{"version":null,"upgrade":null,"lost":null,"undone":null}'))).toEqual([
      'This data was not yet started by a version that keeps track.',
      'Estos datos aún no se han arrancado con una versión que lleve la cuenta.',
    ]);
    expect(inBoth(statusText('{"version":"0.2.0","upgrade":null,"lost":null}'))[0]).toBe(
      'The data is of Dialtone 0.2.0. There is no upgrade to undo.',
    );
    const upgrade = { from: '0.1.0', to: '0.2.0', at: '2026-03-04T05:06:07.000Z', copy: 'x', held: {}, finished: true };
    const json = JSON.stringify({ version: '0.2.0', upgrade, lost: { calls: 3, ledgerEntries: 7 }, undone: null });
    expect(inBoth(statusText(json))).toEqual([
      'The data is of Dialtone 0.2.0, upgraded from 0.1.0 on 2026-03-04T05:06:07.000Z. An undo loses 3 calls and 7 ledger entries made since.',
      'Los datos son de Dialtone 0.2.0, actualizados desde 0.1.0 el 2026-03-04T05:06:07.000Z. Al deshacer se pierden 3 llamadas y 7 movimientos hechos desde entonces.',
    ]);
  });
});

describe('why the server refused its data', () => {
  const said = (refusal: unknown) => inBoth(refusalText(JSON.stringify(refusal)) ?? 'nothing');

  it('is said in both languages', () => {
    const newer = said({ code: 'data-newer', data: '0.2.0', ours: '0.1.0' });
    expect(newer[0]).toMatch(/last used by Dialtone 0\.2\.0, which is newer than this one \(0\.1\.0\)/);
    expect(newer[1]).toMatch(/los usó por última vez Dialtone 0\.2\.0, más nuevo que este \(0\.1\.0\)/);
    expect(said({ code: 'data-newer', data: '0.1.0', ours: '0.1.0' })[1]).toMatch(/compilación más nueva de Dialtone 0\.1\.0/);
    const undone = said({ code: 'upgrade-undone', undone: '0.2.0', data: '0.1.0' });
    expect(undone[0]).toMatch(/The upgrade to Dialtone 0\.2\.0 was undone.*belongs to Dialtone 0\.1\.0/);
    expect(undone[1]).toMatch(/la actualización a Dialtone 0\.2\.0 se ha deshecho/);
  });

  it('is left to its own words when it left nothing we know', () => {
    for (const left of ['', '{', '{"code":"other"}', 'null']) expect(refusalText(left)).toBeUndefined();
  });
});
