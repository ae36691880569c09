import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { insertRows } from '../database/sql.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import type { CallerIdMode, Gateway } from '../directory/types.ts';
import { EventsService } from '../events/events.service.ts';
import { type FieldError, type Principal, problem } from '../http/index.ts';
import { GatewayEntity } from './gateway.entity.ts';
import type { GatewayPatch, NewGateway } from './gateway.schemas.ts';

/** Gateways as configured. What they are doing now is the monitor's; the SIP path reads the directory, told after each commit. */
@Injectable()
export class GatewaysService implements OnModuleInit {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #audit: AuditService;
  readonly #events: EventsService;

  constructor(uow: UnitOfWork, reader: DataSource, directory: Directory, audit: AuditService, events: EventsService) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#audit = audit;
    this.#events = events;
  }

  async onModuleInit(): Promise<void> {
    await this.loadInto(this.#directory);
  }

  async loadInto(directory: Directory): Promise<void> {
    for (const row of await this.#reader.manager.find(GatewayEntity)) directory.upsertGateway(toDirectory(row));
    const former: { id: number; name: string }[] = await this.#reader.query('SELECT "id", "name" FROM "former_gateways"');
    for (const { id, name } of former) directory.addFormerGateway(id, name);
  }

  list(): Promise<GatewayEntity[]> {
    return this.#reader.manager.find(GatewayEntity, { order: { prefix: 'ASC', priority: 'ASC', id: 'ASC' } });
  }

  /** @throws problem 404 */
  async get(id: number): Promise<GatewayEntity> {
    return this.#find(this.#reader.manager, id);
  }

  /** @throws problem 409 `name-taken`, 400 for fields that do not fit together */
  async create(body: NewGateway, actor: Principal): Promise<GatewayEntity> {
    return this.#uow.write(async (m) => {
      if (await m.existsBy(GatewayEntity, { name: body.name })) throw nameTaken(body.name);
      const now = Date.now();
      const row = m.create(GatewayEntity, {
        enabled: true,
        port: body.transport === 'tls' ? 5061 : 5060,
        transport: 'udp',
        tlsVerify: true,
        username: null,
        password: null,
        register: false,
        strip: 0,
        add: '',
        priority: 10,
        maxCalls: null,
        sources: [],
        callerIdMode: 'from',
        probe: true,
        ringTimeout: 45,
        relayMedia: 'when-needed',
        recordCalls: false,
        ...body,
        prefix: normalisePrefix(body.prefix),
        createdAt: now,
        updatedAt: now,
      });
      const fault = crossCheck(row);
      if (fault) throw problem(400, 'invalid', fault.message, [fault]);
      await m.save(row);
      await this.#audit.record(actor, 'gateway.create', 'gateway', row.id, undefined, row);
      this.#tell(row);
      return row;
    });
  }

  async update(id: number, patch: GatewayPatch, actor: Principal): Promise<GatewayEntity> {
    return this.#uow.write(async (m) => {
      const row = await this.#find(m, id);
      const before = { ...row };
      if (patch.name !== undefined && patch.name !== row.name && (await m.existsBy(GatewayEntity, { name: patch.name })))
        throw nameTaken(patch.name);
      Object.assign(row, patch, { updatedAt: Date.now() });
      row.prefix = normalisePrefix(row.prefix);
      // A password belongs to the user it came with: a new user without one must not send the old one elsewhere.
      if (patch.host !== undefined && patch.host !== before.host && patch.password === undefined && row.password !== null) {
        throw problem(400, 'password-needed', 'The gateway moves to another host: give its password again.', [
          { field: 'password', code: 'required', message: 'Give the password again for the new host' },
        ]);
      }
      const fault = crossCheck(row);
      if (fault) throw problem(400, 'invalid', fault.message, [fault]);
      await m.save(row);
      await this.#audit.record(actor, 'gateway.change', 'gateway', id, before, row);
      this.#tell(row);
      return row;
    });
  }

  async remove(id: number, actor: Principal): Promise<void> {
    await this.#uow.write(async (m) => {
      const row = await this.#find(m, id);
      await m.delete(GatewayEntity, id);
      await insertRows(m, 'former_gateways', ['id', 'name'], [[id, row.name]]);
      await this.#audit.record(actor, 'gateway.delete', 'gateway', id, row);
      this.#uow.afterCommit(() => {
        this.#directory.removeGateway(id);
        this.#events.publish('gateways.changed', { id, removed: true });
      });
    });
  }

  async #find(m: EntityManager, id: number): Promise<GatewayEntity> {
    const row = await m.findOneBy(GatewayEntity, { id });
    if (!row) throw problem(404, 'not-found', 'There is no such gateway.');
    return row;
  }

  #tell(row: GatewayEntity): void {
    const gateway = toDirectory(row);
    this.#uow.afterCommit(() => {
      this.#directory.upsertGateway(gateway);
      this.#events.publish('gateways.changed', { id: gateway.id });
    });
  }
}

function toDirectory(row: GatewayEntity): Gateway {
  const { createdAt: _created, updatedAt: _updated, ...gateway } = row;
  return { ...gateway, callerIdMode: row.callerIdMode as CallerIdMode };
}

/** What is dialled with + is dialled with 00: prefixes are kept in one way of writing. */
export const normalisePrefix = (prefix: string): string => prefix.replace(/^\+/, '00');

function crossCheck(row: GatewayEntity): FieldError | undefined {
  if (row.register && !row.username) return { field: 'username', code: 'required', message: 'Registering needs a user name' };
  if (row.register && !row.password) return { field: 'password', code: 'required', message: 'Registering needs a password' };
  return undefined;
}

const nameTaken = (name: string) =>
  problem(409, 'name-taken', `There is a gateway ${name} already.`, [{ field: 'name', code: 'taken', message: 'This name is taken' }]);
