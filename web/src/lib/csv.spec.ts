import { describe, expect, it } from 'vitest';
import { csvLine } from '#app/lib/csv.ts';

describe('csvLine', () => {
  it('quotes what needs it', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\ng'])).toBe('a,"b,c","d""e","f\ng"\r\n');
  });

  it('keeps numbers, disarms formulas', () => {
    expect(csvLine(['+4420', '-0.50', '=1+1', '@SUM', '-cmd'])).toBe("+4420,-0.50,'=1+1,'@SUM,'-cmd\r\n");
  });
});
