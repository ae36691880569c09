/** Where agent and server meet on the appliance. */
export const HOST_SOCKET = '/run/dialtone-host/host.sock';
export const HOST_STATE_FILE = '/run/dialtone-host/state.json';
/** Root of the data disk; the server's own folder is `server` in it. */
export const DATA_ROOT = '/var/lib/dialtone';
export const MARKER_FILE = '.dialtone.json';
/** In the server's data folder: the set-up code of the first run (mode 600), removed when it was used. The console shows it. */
export const SETUP_CODE_FILE = 'setup-code';
/** In the server's data folder: what an unattended set-up leaves for the server. */
export const UNATTENDED_FILE = 'unattended.json';
/** Beside it: why the server did not use it, a fault a line; gone once there is an administrator. The console shows it. */
export const UNATTENDED_FAULTS_FILE = 'unattended-faults';
/** Beside it: why the server does not run on this data (see `serverRefusal`); gone with the next start. The console shows it. */
export const REFUSAL_FILE = 'refusal.json';
/** Backup sticks are mounted below, by the UUID of their file system. */
export const USB_ROOT = '/run/dialtone-host/usb';
/** sysexits(3) EX_CONFIG: the server will not run on this data (made by a newer version ...); restarting does not help. */
export const EXIT_REFUSED = 78;
