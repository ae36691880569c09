import { describe, expect, it } from 'vitest';
import { parseSubscribers } from './subscriber-csv.ts';

describe('parseSubscribers', () => {
  it('reads number, password and balance, with a heading or without', async () => {
    for (const csv of ['number,password,balance\n1001,abc,12.5\n1002,"d,e",0\n', '1001,abc,12.5\n1002,"d,e",0']) {
      const { rows, errors, count } = await parseSubscribers(csv);
      expect(errors).toEqual([]);
      expect(count).toBe(2);
      expect(rows.map(({ number, password, balance }) => ({ number, password, balance }))).toEqual([
        { number: '1001', password: 'abc', balance: 12_500_000 },
        { number: '1002', password: 'd,e', balance: 0 },
      ]);
    }
  });

  it('reads BOM, semicolons, decimal commas, other columns in any order, and leaves empty cells at their defaults', async () => {
    const csv =
      '\uFEFFName;Balance;number;PASSWORD;e-mail;groups;max calls;kind;credit_limit;daily cap\r\nAna;1,25;1001;pw;ANA@Example.org;int local;3;postpaid;50;\r\n;;1002;pw2;;;;;;9,5\r\n';
    const { rows, errors } = await parseSubscribers(csv.replace('e-mail', 'email'));
    expect(errors).toEqual([]);
    expect(rows[0]).toEqual({
      row: 2,
      number: '1001',
      password: 'pw',
      balance: 1_250_000,
      email: 'ana@example.org',
      displayName: 'Ana',
      language: 'en',
      groups: ['int', 'local'],
      maxCalls: 3,
      kind: 'postpaid',
      creditLimit: 50_000_000,
      dailyCap: null,
      callerId: null,
    });
    expect(rows[1]).toMatchObject({
      number: '1002',
      displayName: '',
      balance: 0,
      groups: ['local', 'voicemail'],
      dailyCap: 9_500_000,
      kind: 'prepaid',
    });
  });

  it('tells every fault with row, column, expected and found, and never repeats a password', async () => {
    const csv = [
      'number,password,balance,groups',
      '1001,a b,1,',
      '0044,pw,1,',
      '1003,pw,much,',
      ',pw,1,',
      '1005,,1,',
      '1006,pw,1,king',
      '1007,pw,1.1234567,',
      '1008,pw,1,',
    ].join('\n');
    const { rows, errors, count } = await parseSubscribers(csv);
    expect(count).toBe(8);
    expect(rows.map((row) => row.number)).toEqual(['1008']);
    expect(errors.map(({ row, column, found }) => [row, column, found])).toEqual([
      [2, 'password', '(hidden)'],
      [3, 'number', '0044'],
      [4, 'balance', 'much'],
      [5, 'number', 'nothing'],
      [6, 'password', 'nothing'],
      [7, 'groups', 'king'],
      [8, 'balance', '1.1234567'],
    ]);
    expect(errors[5]?.expected).toContain('free-pstn');
  });

  it('names both rows of a number that comes twice', async () => {
    const { rows, errors } = await parseSubscribers('1001,a,1\n1002,a,1\n1001,b,2\n');
    expect(rows).toHaveLength(2);
    expect(errors).toEqual([{ row: 3, column: 'number', expected: 'a number of its own', found: '1001, which row 1 has too' }]);
  });

  it('refuses a heading with an unknown, doubled or missing column, an empty file and an open quote', async () => {
    expect((await parseSubscribers('number,pasword\n1,2')).errors.map((error) => error.column)).toEqual(['pasword', 'password']);
    expect((await parseSubscribers('number,password,number\n1,2,3')).errors).toMatchObject([
      { column: 'number', expected: 'each column once' },
    ]);
    expect((await parseSubscribers('\n\n')).errors).toHaveLength(1);
    expect((await parseSubscribers('number,password\n')).errors).toHaveLength(1);
    expect((await parseSubscribers('1001,"abc\n1002,d')).errors.length).toBeGreaterThan(0);
  });

  it('lets the event loop turn while it reads 100,000 rows', async () => {
    const csv = Array.from({ length: 100_000 }, (_, i) => `${200_000 + i},pw${i},1.00`).join('\n');
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const { rows, errors } = await parseSubscribers(csv);
    clearInterval(timer);
    expect(errors).toEqual([]);
    expect(rows).toHaveLength(100_000);
    expect(turns).toBeGreaterThan(5);
  });
});
