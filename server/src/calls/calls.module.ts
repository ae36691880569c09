import { join } from 'node:path';
import { type BeforeApplicationShutdown, Global, Inject, Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BanList } from '../bans/ban-list.ts';
import { AccountBook } from '../billing/account-book.ts';
import { AccountCharging } from '../billing/account-charging.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import type { MediaServices } from '../media/endpoint/endpoint.ts';
import { MediaServicesPool } from '../media/endpoint/media-services.ts';
import { openPromptBook, PromptBook } from '../media/prompts/prompt-book.ts';
import { StunServer } from '../media/stun/stun-server.ts';
import { BindingWriter, readBindings } from '../registrar/binding-writer.ts';
import { Registrar } from '../registrar/registrar.ts';
import { Environment } from '../settings/environment.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { CertificateStore } from '../tls/certificate-store.ts';
import { ActiveCalls } from './active-calls.ts';
import { AppRegistry } from './answer/app-call.ts';
import { balanceReadout } from './answer/balance-app.ts';
import { MEDIA_SERVICES } from './answer/media-services.ts';
import { registerSimpleApps } from './answer/simple-apps.ts';
import { GatewayMonitor } from './gateways/gateway-monitor.ts';
import { MediaEngines, mediaPorts } from './media/media-engines.ts';
import { followSettings } from './media/media-settings.ts';
import { MessageWaiting } from './mwi/message-waiting.ts';
import { StunLifecycle } from './nat/stun-lifecycle.ts';
import { RoutePlanner } from './route-planner.ts';
import { SipNode } from './sip-node.ts';

const logger = new Logger('Sip');
const stunLogger = new Logger('Stun');
const mediaLogger = new Logger('Media');

/** Starts SIP when everything it reads is in memory, and stops it before the database closes. */
@Injectable()
class SipLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #node: SipNode;
  readonly #bindings: BindingWriter;
  readonly #reader: DataSource;
  readonly #engines: MediaEngines;
  readonly #services: MediaServices;

  constructor(
    @Inject(SipNode) node: SipNode,
    @Inject(BindingWriter) bindings: BindingWriter,
    @InjectDataSource() reader: DataSource,
    @Inject(MediaEngines) engines: MediaEngines,
    @Inject(MEDIA_SERVICES) services: MediaServices,
  ) {
    this.#services = services;
    this.#node = node;
    this.#engines = engines;
    this.#bindings = bindings;
    this.#reader = reader;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#node.registrar.load(await readBindings(this.#reader));
    await this.#node.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#node.stop();
    await Promise.all([this.#engines.close(), this.#services.close()]);
    await this.#bindings.drain();
  }
}

@Global()
@Module({
  providers: [
    { provide: Directory, useFactory: () => new Directory() },
    {
      provide: AppRegistry,
      inject: [AccountBook, SettingsService],
      useFactory: (accounts: AccountBook, settings: SettingsService) => {
        const registry = new AppRegistry();
        registerSimpleApps(registry);
        const available = (subscriberId: number) => {
          const account = accounts.accountOf(subscriberId);
          return account === undefined ? undefined : accounts.available(account);
        };
        registry.register('balance', balanceReadout({ available, currency: () => settings.current.currency }));
        return registry;
      },
    },
    {
      provide: MEDIA_SERVICES,
      inject: [Environment],
      useFactory: ({ rtp }: Environment) =>
        new MediaServicesPool({ range: mediaPorts(rtp).services, onFault: (what) => mediaLogger.error(what) }),
    },
    {
      provide: PromptBook,
      inject: [Environment],
      useFactory: ({ dataDir }: Environment) => openPromptBook(join(dataDir, 'prompts')),
    },
    {
      provide: BindingWriter,
      inject: [UnitOfWork],
      useFactory: (uow: UnitOfWork) =>
        new BindingWriter(uow, (error) => logger.error(`Contact bindings could not be stored: ${String(error)}`)),
    },
    {
      provide: MediaEngines,
      inject: [Environment, SettingsService],
      useFactory: (environment: Environment, settings: SettingsService) => {
        const engines = new MediaEngines(environment.rtp, (message, error) =>
          mediaLogger.error(error instanceof Error ? `${message}: ${error.message}` : message),
        );
        followSettings(settings, engines);
        return engines;
      },
    },
    {
      provide: StunServer,
      inject: [BanList],
      useFactory: (bans: BanList) =>
        new StunServer({ warn: (message) => stunLogger.warn(message), isBanned: (address) => bans.has(address) }),
    },
    StunLifecycle,
    {
      provide: SipNode,
      inject: [
        ...[Directory, AccountCharging, AccountBook, BindingWriter, Environment, CertificateStore, BanList, MediaEngines, StunServer],
        ...[MEDIA_SERVICES, PromptBook, AppRegistry],
      ],
      useFactory: (
        directory: Directory,
        charging: AccountCharging,
        accounts: AccountBook,
        bindings: BindingWriter,
        environment: Environment,
        certificates: CertificateStore,
        bans: BanList,
        engines: MediaEngines,
        stun: StunServer,
        services: MediaServices,
        prompts: PromptBook,
        registry: AppRegistry,
      ) => {
        const node = new SipNode({
          ...{ directory, charging, accounts, bindings, listeners: environment.sip, advertisedAddress: environment.publicIp },
          media: engines,
          services: { media: services, prompts, registry },
          stun: (bytes, address, port) => stun.answer(bytes, address, port),
          isBanned: (address) => bans.has(address),
          tls: {
            identity: () => certificates.current(),
            onChange: (listener) => certificates.onChange(listener),
            verifies: ({ serverName, port }) =>
              !directory
                .gateways()
                .some((g) => !g.tlsVerify && g.transport === 'tls' && g.port === port && g.host.toLowerCase() === serverName),
          },
          log: (message, error) => logger.error(error instanceof Error ? `${message}: ${error.stack}` : message),
        });
        bans.onBan(() => node.dropBanned());
        return node;
      },
    },
    { provide: Registrar, inject: [SipNode], useFactory: (node: SipNode) => node.registrar },
    { provide: ActiveCalls, inject: [SipNode], useFactory: (node: SipNode) => node.calls },
    { provide: GatewayMonitor, inject: [SipNode], useFactory: (node: SipNode) => node.gateways },
    { provide: MessageWaiting, inject: [SipNode], useFactory: (node: SipNode) => node.waiting },
    { provide: RoutePlanner, inject: [SipNode], useFactory: (node: SipNode) => node.planner },
    SipLifecycle,
  ],
  exports: [
    AppRegistry,
    Directory,
    MEDIA_SERVICES,
    MediaEngines,
    SipNode,
    StunServer,
    Registrar,
    ActiveCalls,
    GatewayMonitor,
    MessageWaiting,
    PromptBook,
    RoutePlanner,
  ],
})
export class CallsModule {}
