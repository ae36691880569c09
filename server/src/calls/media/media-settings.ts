import { isInstalled } from '../../media/rtpengine/own-daemon.ts';
import type { SettingKey } from '../../settings/settings.schema.ts';
import type { SettingsService } from '../../settings/settings.service.ts';
import type { MediaEngines } from './media-engines.ts';

const KEYS: readonly SettingKey[] = ['mediaEngine', 'rtpengineNodes', 'rtpengineTranscode'];

/** Lets the engines follow the settings. One that is not there is not taken. */
export function followSettings(settings: SettingsService, engines: MediaEngines): void {
  settings.onChange((after, changed) => {
    if (KEYS.some((key) => changed.has(key)))
      engines.use({ engine: after.mediaEngine, nodes: after.rtpengineNodes, transcode: after.rtpengineTranscode });
  });
  settings.guard((wanted, changed) => {
    if (!KEYS.some((key) => changed.has(key)) || wanted.mediaEngine !== 'rtpengine') return undefined;
    if (wanted.rtpengineNodes.length > 0 || isInstalled()) return undefined;
    return { field: 'mediaEngine', message: 'rtpengine is not on this machine: install rtpengine-daemon, or name servers that run it' };
  });
}
