import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../settings/version.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { imageVerdict } from './image-verdict.ts';
import { imageHash, readPublicKey, SPKI_HEAD } from './minisign.ts';
import { parseRelease } from './release.ts';

/** Signs as minisign(1) does; written here a second time on purpose, from its description. */
function signer() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const raw = createPublicKey(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })))
    .export({ type: 'spki', format: 'der' })
    .subarray(SPKI_HEAD.length);
  const id = Buffer.from('12345678');
  return {
    publicKey: Buffer.concat([Buffer.from('Ed'), id, raw]).toString('base64'),
    sign(content: string, comment: string, algorithm = 'ED'): string {
      const signature = sign(null, createHash('blake2b512').update(content).digest(), privateKey);
      const global = sign(null, Buffer.concat([signature, Buffer.from(comment)]), privateKey);
      const first = Buffer.concat([Buffer.from(algorithm), id, signature]).toString('base64');
      return `untrusted comment: x\n${first}\ntrusted comment: ${comment}\n${global.toString('base64')}\n`;
    },
  };
}

const ours = signer();
const stranger = signer();
const IMAGE = 'the bytes of an image';
const comment = (version: string) => `dialtone-${version}-amd64.iso: Dialtone ${version}, build 0123abcd`;
const hashOf = (content: string) => imageHash().update(content).digest();
const verdict = (content: string, signature: string, key = ours.publicKey) =>
  imageVerdict(hashOf(content), signature, readPublicKey(key), '1.0.0');

describe('imageVerdict (A-14)', () => {
  it('knows an image of ours, and what it would do', () => {
    expect(verdict(IMAGE, ours.sign(IMAGE, comment('1.2.0')))).toEqual({
      ok: true,
      version: '1.2.0',
      build: '0123abcd',
      effect: 'upgrade',
    });
    expect(verdict(IMAGE, ours.sign(IMAGE, comment('1.0.0')))).toMatchObject({ effect: 'same' });
    expect(verdict(IMAGE, ours.sign(IMAGE, comment('0.9.10')))).toMatchObject({ effect: 'older' });
    expect(verdict(IMAGE, ours.sign(IMAGE, comment('1.2.0')).replaceAll('\n', '\r\n'))).toMatchObject({ ok: true });
  });

  it.each([
    ['missing', IMAGE, ''],
    ['unreadable', IMAGE, 'nothing of a signature'],
    ['changed', `${IMAGE}!`, ours.sign(IMAGE, comment('1.2.0'))],
    ['changed', IMAGE, stranger.sign(IMAGE, comment('1.2.0'))], // its id says that it is ours
    ['other-kind', IMAGE, ours.sign(IMAGE, comment('1.2.0'), 'Ed')],
    ['comment-changed', IMAGE, ours.sign(IMAGE, comment('1.2.0')).replace('Dialtone 1.2.0', 'Dialtone 9.9.9')],
    ['no-image', IMAGE, ours.sign(IMAGE, 'SHA256SUMS: Dialtone 1.2.0, build 0123abcd')],
  ])('refuses: %s', (code, content, signature) => {
    expect(verdict(content, signature)).toMatchObject({ ok: false, code });
  });

  it('tells the signature of another key', () => {
    const other = Buffer.from(ours.publicKey, 'base64');
    other[3] = 0;
    expect(verdict(IMAGE, ours.sign(IMAGE, comment('1.2.0')), other.toString('base64'))).toMatchObject({ ok: false, code: 'other-key' });
  });
});

it('reads what the build wrote down', () => {
  const text = `NAME="Dialtone"\nVERSION=1.2.3\nBUILD_ID=abc\nBUILD_DATE=1763690000\nPUBLIC_KEY=RWQ=\n`;
  expect(parseRelease(text)).toEqual({ version: '1.2.3', buildId: 'abc', builtAt: 1_763_690_000_000, publicKey: 'RWQ=' });
});

describe('POST /update/check', () => {
  let test: TestApp;
  let admin: TestClient;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialtone-release-'));
    await writeFile(join(folder, 'release'), `VERSION=${VERSION}\nBUILD_DATE=1763690000\nPUBLIC_KEY=${ours.publicKey}\n`);
    test = await startTestApp({ DIALTONE_RELEASE_FILE: join(folder, 'release') });
    admin = await test.admin();
  });
  afterAll(async () => {
    await test.stop();
    await rm(folder, { recursive: true });
  });

  const upload = async (parts: Record<string, string>, client = admin) => {
    const body = Object.entries(parts).map(([name, value]) => {
      const file = name === 'file' ? '; filename="x.iso"\r\nContent-Type: application/octet-stream' : '';
      return `--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
    });
    const answer = await client.raw('POST', '/update/check', `${body.join('')}--b--\r\n`, 'multipart/form-data; boundary=b');
    return { status: answer.status, body: JSON.parse(answer.body) };
  };

  it('gives the verdict on an upload, and refuses without any way on', async () => {
    const large = 'x'.repeat(3_000_000);
    expect((await upload({ signature: ours.sign(large, comment('99.0.0')), file: large })).body).toEqual({
      ...{ ok: true, version: '99.0.0', build: '0123abcd', effect: 'upgrade', running: VERSION, bytes: 3_000_000 },
      ...{ code: null, reason: null },
    });
    expect((await upload({ file: large })).body).toMatchObject({ ok: false, code: 'missing', version: null, effect: null });
    expect((await upload({ file: large, signature: stranger.sign(large, comment('99.0.0')) })).body).toMatchObject({ ok: false });
    expect((await upload({ signature: 'x' })).body.code).toBe('file-missing');
    expect((await upload({ file: large }, test.visitor())).status).toBe(401);
    expect((await admin.post('/update/check', {})).status).toBe(415);
  });
});
