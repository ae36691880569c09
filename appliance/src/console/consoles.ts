import type { Host } from '../host.ts';
import { log } from '../log.ts';
import { words } from '../problem.ts';
import { languageMenu } from './language-menu.ts';
import { mainMenu } from './menu.ts';
import { overview } from './overview.ts';
import { Screen } from './screen.ts';
import { Terminal } from './terminal.ts';
import { Left, Ui } from './ui.ts';

const DEVICES = ['/dev/tty1', '/dev/ttyS0'];
/** Only what differs is written: a serial line is slow. */
const REFRESH_MS = 10_000;
/** How long what the kernel has written over the screen may stand there. */
const REPAINT_MS = 60_000;
/** SIGRTMIN+21 asks systemd to stop writing its status lines on the console (systemd(1)). Linux has SIGRTMIN at 34 in the C library. */
const NO_STATUS_LINES = 34 + 21;

/** The console on every terminal of the machine: the overview, and the menu behind Enter. */
export function startConsoles(host: Host): void {
  try {
    process.kill(1, NO_STATUS_LINES);
  } catch (error) {
    log.warn(`Status lines of the boot stay on: ${words(error)}`);
  }
  for (const device of DEVICES) startConsole(host, device);
}

/** The console on one of them. */
export function startConsole(host: Host, device: string): void {
  const screen = new Screen((text) => terminal.write(text));
  const ui = new Ui(screen, `Dialtone ${host.release.version}`, () => host.language.texts);
  let inMenu = false;

  const drawOverview = async (): Promise<void> => {
    const state = await host.state();
    if (inMenu) return;
    screen.draw(
      overview(
        {
          state,
          server: host.server.state,
          setupCode: host.server.setupCode,
          recoveryCode: host.recoveryCode,
          interfaces: host.network.status,
          failedServices: host.failedServices,
          busy: host.data.busy,
          networkPending: host.network.pending !== null,
          clockWrong: host.time.beforeBuild,
          troubles: host.troubles,
        },
        host.language.texts,
      ),
    );
  };
  const show = () => {
    if (!inMenu) drawOverview().catch((error: unknown) => log.error(`Console: ${words(error)}`));
  };
  const openMenu = async (menu: (ui: Ui, host: Host) => Promise<void>): Promise<void> => {
    inMenu = true;
    try {
      await menu(ui, host);
    } catch (error) {
      if (!(error instanceof Left)) log.error(`Console: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      inMenu = false;
      screen.clear();
      show();
    }
  };

  const terminal = new Terminal(device, {
    opened: () => {
      screen.clear();
      show();
    },
    key: (key) => {
      if (inMenu) ui.press(key);
      else if (key.kind === 'enter') void openMenu(mainMenu);
      else if (key.kind === 'sign' && key.sign.toLowerCase() === 'l') void openMenu(languageMenu);
      else {
        screen.clear();
        show();
      }
    },
  });
  host.watch(show);
  // Nobody tells of free space and of the clock.
  setInterval(show, REFRESH_MS);
  setInterval(() => {
    screen.repaint();
    show();
  }, REPAINT_MS);
  terminal.open();
}
