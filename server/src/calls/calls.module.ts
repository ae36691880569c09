import { type BeforeApplicationShutdown, Global, Inject, Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BanList } from '../bans/ban-list.ts';
import { AccountBook } from '../billing/account-book.ts';
import { AccountCharging } from '../billing/account-charging.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { BindingWriter, readBindings } from '../registrar/binding-writer.ts';
import { Registrar } from '../registrar/registrar.ts';
import { Environment } from '../settings/environment.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { CertificateStore } from '../tls/certificate-store.ts';
import { ActiveCalls } from './active-calls.ts';
import { GatewayMonitor } from './gateways/gateway-monitor.ts';
import { MediaEngines } from './media/media-engines.ts';
import { followSettings } from './media/media-settings.ts';
import { MessageWaiting } from './mwi/message-waiting.ts';
import { RoutePlanner } from './route-planner.ts';
import { SipNode } from './sip-node.ts';

const logger = new Logger('Sip');
const mediaLogger = new Logger('Media');

/** Starts SIP when everything it reads is in memory, and stops it before the database closes. */
@Injectable()
class SipLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #node: SipNode;
  readonly #bindings: BindingWriter;
  readonly #reader: DataSource;
  readonly #engines: MediaEngines;

  constructor(
    @Inject(SipNode) node: SipNode,
    @Inject(BindingWriter) bindings: BindingWriter,
    @InjectDataSource() reader: DataSource,
    @Inject(MediaEngines) engines: MediaEngines,
  ) {
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
    await this.#engines.close();
    await this.#bindings.drain();
  }
}

@Global()
@Module({
  providers: [
    { provide: Directory, useFactory: () => new Directory() },
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
      provide: SipNode,
      inject: [Directory, AccountCharging, AccountBook, BindingWriter, Environment, CertificateStore, BanList, MediaEngines],
      useFactory: (
        directory: Directory,
        charging: AccountCharging,
        accounts: AccountBook,
        bindings: BindingWriter,
        environment: Environment,
        certificates: CertificateStore,
        bans: BanList,
        engines: MediaEngines,
      ) => {
        const node = new SipNode({
          ...{ directory, charging, accounts, bindings, listeners: environment.sip, advertisedAddress: environment.publicIp },
          media: engines,
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
  exports: [Directory, MediaEngines, SipNode, Registrar, ActiveCalls, GatewayMonitor, MessageWaiting, RoutePlanner],
})
export class CallsModule {}
