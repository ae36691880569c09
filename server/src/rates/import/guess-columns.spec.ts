import { describe, expect, it } from 'vitest';
import { fieldOfName, guessColumns, guessDecimal, guessFile, isHeading } from './guess-columns.ts';
import { parseSample } from './read-csv.ts';

const guess = (sample: string) => guessFile(sample, (separator) => parseSample(sample, separator), {}, null);
const fields = (sample: string) => guess(sample).columns.map((column) => column.field);

describe('guessFile', () => {
  it.each([
    ['44,United Kingdom,0.0120\n49,Germany,0.02\n', ',', '.', false],
    ['44;United Kingdom;0,0120\n49;Germany;0,02\n', ';', ',', false],
    ['44;0,0120\n49;0,02\n', ';', ',', false],
    ['prefix;name;price\n44;UK, mobile;0.01\n45;Denmark;0.02\n', ';', '.', true],
    ['prefix\tprice\n44\t0,01\n', '\t', ',', true],
    ['prefix,price\n44,"0,01"\n', ',', ',', true],
    ['54 Argentina 0.03942\n1 USA 0.01900\n1800 USA Toll Free 0.00000\n', ' ', '.', false],
    ['54  Argentina   0,03942\n', ' ', ',', false],
    ['Prefix,Destination,Rate\n"44","UK ""landline""","0.01"\n', ',', '.', true],
  ])('%j', (sample, separator, decimal, headerRow) => {
    expect(guess(sample)).toMatchObject({ dialect: { separator, decimal, headerRow }, complete: true });
  });

  it('keeps what a person has set', () => {
    const sample = '44;0,0120\n';
    const parse = (separator: ',' | ';' | '\t' | ' ') => parseSample(sample, separator);
    expect(guessFile(sample, parse, { separator: ',' }, null).dialect.separator).toBe(',');
    expect(guessFile(sample, parse, { headerRow: true, decimal: '.' }, null).dialect).toMatchObject({ headerRow: true, decimal: '.' });
    expect(guessFile(sample, parse, {}, ['price', 'prefix']).columns.map((column) => column.field)).toEqual(['price', 'prefix']);
  });

  it('is not complete without a prefix or a price', () => {
    expect(guess('a,b\nc,d\n').complete).toBe(false);
    expect(guess('44\n45\n').complete).toBe(false);
  });

  it('reads a sample that ends inside quotes as far as it goes', () => {
    expect(parseSample('44,UK,0.01\n45,"Den', ',')).toEqual([['44', 'UK', '0.01']]);
  });
});

describe('columns', () => {
  it.each([
    ['Dial Code', 'prefix'],
    ['Código', 'prefix'],
    ['rate_per_minute', 'price'],
    ['Rate (USD)', 'price'],
    ['País', 'name'],
    ['Effective Date', 'effective_from'],
    ['Connection fee', 'connect_fee'],
    ['Connect', 'connect_fee'],
    ['Initial', 'first_increment'],
    ['reason', undefined],
  ])('%s is the %s', (name, field) => expect(fieldOfName(name)).toBe(field));

  it('are taken by name first, each field once, then by what stands in them', () => {
    expect(fields('Rate,Price,Code\n0.01,0.02,44\n')).toEqual(['price', null, 'prefix']);
    expect(fields('x,y,z\nUK,44,0.01\nDE,49,0.02\n')).toEqual(['name', 'prefix', 'price']);
    expect(fields('44,UK,1\n45,DK,2\n')).toEqual(['prefix', 'name', 'price']);
    expect(fields('prefix,name,price,reason\n44,UK,x,Row 2\n')).toEqual(['prefix', 'name', 'price', null]);
  });

  it('a heading names a column we know, or holds no number', () => {
    expect(isHeading(['Prefix', '44'])).toBe(true);
    expect(isHeading(['Wo', 'Wieviel'])).toBe(true);
    expect(isHeading(['44', 'UK', '0.01'])).toBe(false);
    expect(guessColumns(null, [['44', 'UK']]).map((column) => column.name)).toEqual(['', '']);
  });

  it('the decimal sign is what most amounts have', () => {
    expect(guessDecimal([['0,1', '0,2', '0.3']])).toBe(',');
    expect(guessDecimal([['1', 'x']])).toBe('.');
  });
});
