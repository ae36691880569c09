import { type BeforeApplicationShutdown, Global, Inject, Injectable, Logger, Module } from '@nestjs/common';
import { Environment } from '../settings/environment.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { CertificateFiles } from './certificate-files.ts';
import { CertificateStore } from './certificate-store.ts';
import { CertificatesController } from './certificates.controller.ts';
import { CertificatesService } from './certificates.service.ts';
import { ChallengeResponses } from './challenge-responses.ts';
import { HttpsListener } from './https-listener.ts';
import { OwnNames } from './own-names.ts';

const logger = new Logger('Certificates');

/** Closes the door over TLS together with the other one. */
@Injectable()
class HttpsLifecycle implements BeforeApplicationShutdown {
  readonly #https: HttpsListener;
  constructor(@Inject(HttpsListener) https: HttpsListener) {
    this.#https = https;
  }
  beforeApplicationShutdown(): Promise<void> {
    return this.#https.close();
  }
}

/** Global: the SIP listeners show the same certificate as the pages. */
@Global()
@Module({
  controllers: [CertificatesController],
  providers: [
    { provide: CertificateFiles, inject: [Environment], useFactory: ({ tlsDir }: Environment) => new CertificateFiles(tlsDir) },
    {
      provide: OwnNames,
      inject: [SettingsService, Environment],
      useFactory: (settings: SettingsService, environment: Environment) => new OwnNames(settings, environment),
    },
    {
      provide: CertificateStore,
      inject: [CertificateFiles, OwnNames, SettingsService, Environment],
      // Before anything listens: a door cannot open without its certificate.
      useFactory: async (files: CertificateFiles, names: OwnNames, settings: SettingsService, environment: Environment) => {
        await settings.ready();
        const store = new CertificateStore({
          ...{ files, needed: environment.usesTls },
          names: () => names.list(),
          log: (message) => logger.warn(message),
        });
        await store.load(settings.current.certificateSource);
        settings.onChange((after, changed) => {
          if (changed.has('certificateSource')) store.use(after.certificateSource);
        });
        return store;
      },
    },
    { provide: ChallengeResponses, useFactory: () => new ChallengeResponses() },
    { provide: HttpsListener, inject: [CertificateStore], useFactory: (store: CertificateStore) => new HttpsListener(store) },
    CertificatesService,
    HttpsLifecycle,
  ],
  exports: [CertificateStore, ChallengeResponses, HttpsListener],
})
export class TlsModule {}
