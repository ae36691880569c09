import { describe, expect, it } from 'vitest';
import { parseMirrors, sourcesList } from './archive.ts';

describe('mirrors of the machine', () => {
  it('takes the Debian mirrors and passes over the archives of others', () => {
    const targets = 'Node Source|https://node.example/\nDebian-Security|http://m.example/sec/\nDebian|http://m.example/debian/\n';
    expect(parseMirrors(targets)).toEqual({ debian: 'http://m.example/debian', security: 'http://m.example/sec' });
  });

  it('expects the security updates beside the archive when the machine has none configured', () => {
    expect(parseMirrors('Debian|http://m.example/debian/\n').security).toBe('http://m.example/debian-security');
  });

  it('says that without a Debian mirror there is no image', () => {
    expect(() => parseMirrors('Ubuntu|http://m.example/ubuntu/\n')).toThrow('no Debian mirror');
  });

  it('writes signed sources for the release, its updates and its security updates', () => {
    const lines = sourcesList({ debian: 'http://m.example/debian', security: 'http://m.example/sec' }).trim().split('\n');
    expect(lines.map((line) => line.split('] ')[1])).toEqual([
      'http://m.example/debian trixie main',
      'http://m.example/debian trixie-updates main',
      'http://m.example/sec trixie-security main',
    ]);
    expect(lines.every((line) => line.startsWith('deb [signed-by=/usr/share/keyrings/'))).toBe(true);
  });
});
