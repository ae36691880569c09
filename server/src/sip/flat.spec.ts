import { expect, it } from 'vitest';
import { flat } from './flat.ts';

it.each(['', 'z9hG4bKabc 192.0.2.1:5060 INVITE', 'caf\u00e9 \u00ff', 'x'.repeat(5000)])('flat keeps the text', (text) => {
  expect(flat(text)).toBe(text);
});
