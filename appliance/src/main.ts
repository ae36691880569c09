import { HOST_SOCKET } from '../../server/src/host/contract/index.ts';
import { notifySystemd, takeSystemd } from '../../server/src/host/contract/systemd-notify.ts';
import { startConsoles } from './console/consoles.ts';
import { Host } from './host.ts';
import { startHostSocket } from './http/socket.ts';
import { log } from './log.ts';
import { words } from './problem.ts';
import { startStatusPage } from './recovery/status-page.ts';
import { readRelease } from './release.ts';

// Files are for root alone unless they say otherwise.
process.umask(0o077);
const systemd = takeSystemd();
process.on('unhandledRejection', (error) => log.error(`Not expected: ${error instanceof Error ? error.stack : String(error)}`));

const host = new Host(await readRelease());
log.info(`Dialtone ${host.release.version} host agent`);
startConsoles(host);
await host.begin();
await startHostSocket(host, HOST_SOCKET);
await startStatusPage(host).catch((error: unknown) => log.error(`The status page: ${words(error)}`));
await notifySystemd(systemd, (problem) => log.warn(problem));
await host.run();
