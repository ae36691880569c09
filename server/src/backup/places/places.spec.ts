import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostClient } from '../../host/host-client.ts';
import { Environment, readEnvironment } from '../../settings/environment.ts';
import type { SftpPlace } from '../plan/backup-plan.ts';
import { type SftpServer, startSftpServer } from '../testing.ts';
import { FolderPlace } from './folder-place.ts';
import { PlaceError } from './open-place.ts';
import { Places } from './places.ts';
import { hostKeyOf, openSftp } from './sftp-place.ts';
import { USB_FOLDER, UsbSticks } from './usb-place.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialtone-places-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const refusal = async (work: Promise<unknown>): Promise<PlaceError> => {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof PlaceError)) throw new Error(`no PlaceError: ${error}`);
  return error;
};

async function contentOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

describe('a folder', () => {
  it('takes a file whole, lists, reads and removes it, and nothing outside of it', async () => {
    const file = join(folder, 'archive');
    await writeFile(file, 'content');
    const place = new FolderPlace(join(folder, 'deep', 'er'));
    expect(await place.list()).toEqual([]);
    await place.put(file, 'a.age', () => undefined);
    expect(await place.list()).toEqual([{ name: 'a.age', bytes: 7 }]);
    expect((await contentOf(await place.read('a.age'))).toString()).toBe('content');
    expect(await readdir(join(folder, 'deep', 'er'))).toEqual(['a.age']);
    expect(await refusal(place.read('../archive'))).toMatchObject({ code: 'no-such-file' });
    expect(await refusal(place.remove('..'))).toMatchObject({ code: 'no-such-file' });
    await place.remove('a.age');
    expect(await refusal(place.read('a.age'))).toMatchObject({ code: 'no-such-file' });
  });

  it('says when it cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const place = new FolderPlace(join(folder, 'file'));
    expect(await refusal(place.put(join(folder, 'file'), 'a', () => undefined))).toMatchObject({ code: 'place-not-writable' });
    await symlink('/proc', join(folder, 'proc'));
    expect(await refusal(new FolderPlace(join(folder, 'proc')).put(join(folder, 'file'), 'a', () => undefined))).toBeInstanceOf(PlaceError);
  });
});

describe('an SFTP server', () => {
  let server: SftpServer;
  let root: string;
  let place: SftpPlace;

  beforeEach(async () => {
    root = join(folder, 'root');
    await mkdir(root);
    server = await startSftpServer(root);
    place = {
      kind: 'sftp',
      host: '127.0.0.1',
      port: server.port,
      user: 'dialtone',
      folder: '',
      hostKey: await hostKeyOf('127.0.0.1', server.port),
      auth: 'password',
      password: server.password,
      privateKey: '',
      keyPassphrase: '',
    };
  });
  afterEach(() => server.stop());

  const places = () => new Places(readEnvironment({ DIALTONE_DATA: folder }), new HostClient());

  it('is tested by a file that is written, read back and removed', async () => {
    expect(await places().test(place)).toMatchObject({ free: null });
    expect(server.files()).toEqual([]);
    expect(await places().test({ ...place, folder: 'office/backups' })).toMatchObject({ free: null });
    expect(await readdir(join(root, 'office', 'backups'))).toEqual([]);
  });

  it('takes a large file whole, and a second one under the same name', async () => {
    const bytes = Buffer.alloc(3_000_000, 'dialtone');
    await writeFile(join(folder, 'big'), bytes);
    const seen: number[] = [];
    for (let i = 0; i < 2; i++) {
      const open = await openSftp({ ...place, folder: 'a/b' });
      await open.put(join(folder, 'big'), 'big.age', (passed) => seen.push(passed));
      expect(await open.list()).toEqual([{ name: 'big.age', bytes: bytes.length }]);
      expect((await contentOf(await open.read('big.age'))).equals(bytes)).toBe(true);
      expect(await refusal(open.read('none.age'))).toMatchObject({ code: 'no-such-file' });
      await open.close();
    }
    expect(seen.at(-1)).toBe(bytes.length);
    expect(await readdir(join(root, 'a', 'b'))).toEqual(['big.age']);
  });

  it('lets in by key, and says what is wrong with a password or key', async () => {
    const byKey = await openSftp({ ...place, auth: 'key', password: '', privateKey: server.privateKey });
    expect(await byKey.list()).toEqual([]);
    await byKey.close();
    expect(await refusal(openSftp({ ...place, password: 'wrong' }))).toMatchObject({ code: 'login-refused' });
    expect(await refusal(openSftp({ ...place, auth: 'key', privateKey: 'no key' }))).toMatchObject({ code: 'private-key-wrong' });
  });

  it('refuses a server that shows another key, before anything secret is said', async () => {
    await server.stop();
    const other = await startSftpServer(root, server.port);
    try {
      const error = await refusal(openSftp(place));
      expect(error.code).toBe('host-key-changed');
      expect(error.message).toContain(place.hostKey);
      expect(error.message).toContain(await hostKeyOf('127.0.0.1', other.port));
    } finally {
      await other.stop();
      server = await startSftpServer(root);
    }
  });

  it('says when nobody is there, and when the line breaks', async () => {
    const open = await openSftp(place);
    await server.stop();
    expect(await refusal(open.list())).toMatchObject({ code: 'place-unreachable' });
    expect(await refusal(openSftp(place))).toMatchObject({ code: 'place-unreachable' });
    expect(await refusal(hostKeyOf('127.0.0.1', server.port))).toMatchObject({ code: 'place-unreachable' });
    server = await startSftpServer(root);
  });
});

describe('a USB stick', () => {
  let agent: Server;
  let asked: string[];
  let stick: string;
  const socket = () => join(folder, 'host.sock');

  beforeEach(async () => {
    asked = [];
    stick = join(folder, 'stick');
    await mkdir(stick);
    agent = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        const { uuid } = JSON.parse(body) as { uuid: string };
        asked.push(`${request.url} ${uuid}`);
        const there = uuid === 'AAAA-1111';
        const volume = { uuid, device: 'sdb1', label: 'BACKUP', type: 'vfat', model: 'Stick', size: 1, mountPoint: stick };
        const answer = there ? volume : { status: 404, code: 'no-such-volume', detail: 'No such stick.' };
        response.writeHead(there ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => agent.listen(socket(), resolve));
  });
  afterEach(() => new Promise((resolve) => agent.close(resolve)));

  it('is mounted while it is in use, and no longer', async () => {
    const sticks = new UsbSticks(new HostClient(socket()));
    await writeFile(join(folder, 'archive'), 'content');
    const [one, two] = await Promise.all([sticks.open('AAAA-1111'), sticks.open('AAAA-1111')]);
    await one.put(join(folder, 'archive'), 'a.age', () => undefined);
    expect((await readFile(join(stick, USB_FOLDER, 'a.age'))).toString()).toBe('content');
    await one.close();
    await one.close();
    expect(asked.filter((line) => line.startsWith('/usb/unmount'))).toEqual([]);
    await two.close();
    expect(asked.at(-1)).toBe('/usb/unmount AAAA-1111');
  });

  it('gives what somebody copied beside our folder too, and says when it is not plugged in', async () => {
    const sticks = new UsbSticks(new HostClient(socket()));
    await writeFile(join(stick, 'b.age'), 'copied');
    const open = await sticks.open('AAAA-1111');
    expect(await open.list()).toEqual([{ name: 'b.age', bytes: 6 }]);
    expect((await contentOf(await open.read('b.age'))).toString()).toBe('copied');
    await open.close();
    expect(await refusal(sticks.open('BBBB-2222'))).toMatchObject({ code: 'place-unreachable' });
  });
});

it('offers the places a machine has', () => {
  const environment = readEnvironment({ DIALTONE_DATA: folder });
  expect(environment).toBeInstanceOf(Environment);
  expect(new Places(environment, new HostClient()).kinds).toEqual(['here', 'folder', 'sftp']);
  expect(new Places(environment, new HostClient('/run/x.sock')).kinds).toEqual(['here', 'usb', 'sftp']);
});
