import { Injectable } from '@nestjs/common';
import { Directory } from '../directory/directory.ts';
import { SettingsService } from './settings.service.ts';

/** Hands the settings the SIP path reads to its picture in memory, at the start and after every change. */
@Injectable()
export class SettingsDirectory {
  constructor(settings: SettingsService, directory: Directory) {
    settings.onChange((after) => {
      directory.updateSettings({
        domain: after.sipDomain,
        acceptStrangers: after.acceptStrangers,
        allowForeignCalls: after.allowForeignCalls,
        ringSeconds: after.ringSeconds,
        maxCallSeconds: after.maxCallSeconds,
        minExpires: after.registerMinExpires,
        maxExpires: after.registerMaxExpires,
        defaultExpires: after.registerDefaultExpires,
        maxContacts: after.maxContacts,
        recordRouteLrOn: after.recordRouteLrOn,
        digestAlgorithms: after.digestAlgorithms,
        sessionExpires: after.sessionExpires,
        minSessionExpires: after.minSessionExpires,
        mwiUnsolicited: after.mwiUnsolicited,
        keepAliveSeconds: after.keepAliveSeconds,
        sipAsymmetricAgents: after.sipAsymmetricAgents,
        rtpAsymmetricAgents: after.rtpAsymmetricAgents,
        // Whoever is to translate between codecs has to see every call.
        mediaRelay: after.mediaEngine === 'rtpengine' && after.rtpengineTranscode.length > 0 ? 'always' : after.mediaRelay,
        decryptsMedia: after.mediaEngine === 'rtpengine',
        rtpSilenceSeconds: after.rtpSilenceSeconds,
        language: after.defaultLanguage,
        announcements: after.announcements,
        minutesLeftBelow: after.minutesLeftBelow,
        lastMinuteWarning: after.lastMinuteWarning,
        adHocConferences: after.adHocConferences,
      });
    });
  }
}
