import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import ssh2, { type Attributes, type Connection, type Server } from 'ssh2';

const { Server: SshServer, utils } = ssh2;
const { STATUS_CODE, OPEN_MODE } = utils.sftp;

export interface SftpServer {
  readonly port: number;
  /** User `dialtone`. */
  readonly password: string;
  /** A private key it takes as well, in PEM. */
  readonly privateKey: string;
  /** Names of files in the root of it. */
  files(): string[];
  stop(): Promise<void>;
}

const pemKey = (): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey;

/** A real SFTP server on a free loopback port, over a folder of this machine. @param port to come back with another key on the same port */
export async function startSftpServer(root: string, port = 0): Promise<SftpServer> {
  const password = randomBytes(9).toString('base64url');
  const privateKey = pemKey();
  const allowed = utils.parseKey(privateKey);
  if (allowed instanceof Error) throw allowed;
  const publicKey = (Array.isArray(allowed) ? allowed[0] : allowed)?.getPublicSSH();
  const open = new Set<Connection>();
  const server: Server = new SshServer({ hostKeys: [pemKey()] }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      const byPassword = context.method === 'password' && context.username === 'dialtone' && context.password === password;
      const byKey = context.method === 'publickey' && publicKey !== undefined && context.key.data.equals(publicKey);
      if (byPassword || byKey) context.accept();
      else context.reject(['password', 'publickey']);
    });
    client.on('ready', () => {
      client.on('session', (accept) => serve(accept(), root));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    password,
    privateKey,
    files: () => readdirSync(root).sort(),
    stop: () =>
      new Promise((resolve) => {
        for (const client of open) client.end();
        server.close(() => resolve());
      }),
  };
}

const attributesOf = (path: string): Attributes => {
  const { mode, uid, gid, size, atimeMs, mtimeMs } = statSync(path);
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) };
};

function serve(session: ssh2.Session, root: string): void {
  session.on('sftp', (accept) => {
    const sftp = accept();
    const handles = new Map<number, { fd?: number; folder?: string; listed?: boolean }>();
    let next = 0;
    const at = (path: string): string => join(root, normalize(join('/', path)));
    const handleOf = (handle: Buffer) => handles.get(handle.readUInt32BE(0));
    const give = (id: number, value: { fd?: number; folder?: string }) => {
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(++next);
      handles.set(next, value);
      sftp.handle(id, handle);
    };
    /** Answers with the status that fits what went wrong. */
    const attempt = (id: number, work: () => void): void => {
      try {
        work();
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const status =
          code === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : code === 'EACCES' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
        sftp.status(id, status);
      }
    };
    const done = (id: number, work: () => void) =>
      attempt(id, () => {
        work();
        sftp.status(id, STATUS_CODE.OK);
      });
    sftp.on('OPEN', (id, path, flags) =>
      attempt(id, () => give(id, { fd: openSync(at(path), (flags & OPEN_MODE.WRITE) !== 0 ? 'w' : 'r', 0o600) })),
    );
    sftp.on('WRITE', (id, handle, offset, data) => done(id, () => writeSync(handleOf(handle)?.fd ?? -1, data, 0, data.length, offset)));
    sftp.on('READ', (id, handle, offset, length) =>
      attempt(id, () => {
        const data = Buffer.alloc(Math.min(length, 32_768));
        const count = readSync(handleOf(handle)?.fd ?? -1, data, 0, data.length, offset);
        if (count === 0) sftp.status(id, STATUS_CODE.EOF);
        else sftp.data(id, data.subarray(0, count));
      }),
    );
    sftp.on('EXTENDED', (id) => sftp.status(id, STATUS_CODE.OP_UNSUPPORTED));
    sftp.on('FSTAT', (id) => sftp.status(id, STATUS_CODE.OP_UNSUPPORTED));
    sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
    sftp.on('CLOSE', (id, handle) =>
      done(id, () => {
        const fd = handleOf(handle)?.fd;
        if (fd !== undefined) closeSync(fd);
        handles.delete(handle.readUInt32BE(0));
      }),
    );
    sftp.on('STAT', (id, path) => attempt(id, () => sftp.attrs(id, attributesOf(at(path)))));
    sftp.on('LSTAT', (id, path) => attempt(id, () => sftp.attrs(id, attributesOf(at(path)))));
    sftp.on('MKDIR', (id, path) => done(id, () => mkdirSync(at(path))));
    sftp.on('REMOVE', (id, path) => done(id, () => unlinkSync(at(path))));
    sftp.on('RENAME', (id, from, to) => done(id, () => renameSync(at(from), at(to))));
    sftp.on('OPENDIR', (id, path) =>
      attempt(id, () => {
        readdirSync(at(path));
        give(id, { folder: at(path) });
      }),
    );
    sftp.on('READDIR', (id, handle) =>
      attempt(id, () => {
        const found = handleOf(handle);
        if (found?.folder === undefined || found.listed) {
          sftp.status(id, STATUS_CODE.EOF);
          return;
        }
        found.listed = true;
        const { folder } = found;
        sftp.name(
          id,
          readdirSync(folder).map((filename) => ({ filename, longname: filename, attrs: attributesOf(join(folder, filename)) })),
        );
      }),
    );
  });
}
