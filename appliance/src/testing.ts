import { DataDisk } from './data/data-disk.ts';
import type { Exec } from './exec.ts';
import type { Host } from './host.ts';
import { DEFAULT_LANGUAGE, languageSettings, MachineLanguage } from './language/language.ts';
import { SettingsFile } from './settings-file.ts';
import type { Text } from './texts/texts.ts';

/** No program runs, and this machine is left alone. */
const noPrograms: Exec = (program) => Promise.reject(new Error(`${program} is not run in a spec`));

/** A machine that has found no data disk, for whoever looks at its console or its status page: only what they ask it for is there. */
export function hostWithoutDisk(changed: () => void = () => undefined): Host {
  const data = new DataDisk({ exec: noPrograms, version: '0.1.0', fsckPath: '/nowhere', changed, ready: () => Promise.resolve() });
  data.leaveAlone();
  const troubles: Text[] = [data.problem];
  const host = {
    release: { version: '0.1.0', buildId: 'b', buildDate: 0 },
    exec: noPrograms,
    data: Object.assign(data, { disks: () => Promise.resolve([]) }),
    language: new MachineLanguage(new SettingsFile('language.json', languageSettings, DEFAULT_LANGUAGE, data), changed),
    hostname: { value: 'pbx' },
    time: { settings: { timeZone: 'Etc/UTC', ntpServers: [] } },
    network: { settings: { interfaces: [], dns: [] }, view: () => Promise.resolve({ settings: { interfaces: [], dns: [] }, status: [] }) },
    server: { state: 'stopped', setupCode: '' },
    recoveryCode: 'ABCD-2345',
    troubles,
    state: () =>
      Promise.resolve({
        ...{ state: data.state, demo: false, version: '0.1.0', buildId: 'b', hostname: 'pbx', disk: null, fsck: data.fsck },
        ...{ candidates: [], problem: '', unattendedFaults: [], applianceId: null, server: { running: false, refusal: '' } },
      }),
  };
  // Nothing of the rest of a Host is asked for; a whole one would watch this machine.
  return host as unknown as Host;
}
