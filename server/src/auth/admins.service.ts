import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { type AdminPrincipal, fieldProblem, type Language, type Principal, problem } from '../http/index.ts';
import { AdminEntity } from './admin.entity.ts';
import { hashPassword } from './passwords.ts';

export interface NewAdminInput {
  login: string;
  name: string;
  email: string | null;
  language: Language;
  password: string;
}

/** An administrator as other rooms see him. */
export type Admin = AdminEntity;

const shown = (admin: AdminEntity) => ({ login: admin.login, name: admin.name, email: admin.email, language: admin.language });

/** Administrators. Knows, in memory, whether there is one: before that only the set-up page works. */
@Injectable()
export class AdminsService implements OnModuleInit {
  readonly #reader: DataSource;
  readonly #uow: UnitOfWork;
  readonly #audit: AuditService;
  #setupNeeded = true;

  constructor(reader: DataSource, uow: UnitOfWork, audit: AuditService) {
    this.#reader = reader;
    this.#uow = uow;
    this.#audit = audit;
  }

  async onModuleInit(): Promise<void> {
    this.#setupNeeded = (await this.#reader.getRepository(AdminEntity).count()) === 0;
  }

  get setupNeeded(): boolean {
    return this.#setupNeeded;
  }

  list(): Promise<AdminEntity[]> {
    return this.#reader.getRepository(AdminEntity).find({ order: { id: 'ASC' } });
  }

  byId(id: number): Promise<AdminEntity | null> {
    return this.#reader.getRepository(AdminEntity).findOneBy({ id });
  }

  byLogin(login: string): Promise<AdminEntity | null> {
    return this.#reader.getRepository(AdminEntity).findOneBy({ login: login.trim().toLowerCase() });
  }

  byEmail(email: string): Promise<AdminEntity | null> {
    return this.#reader.getRepository(AdminEntity).findOneBy({ email: email.trim().toLowerCase() });
  }

  /** @throws ProblemError 400 when the login is taken */
  async create(input: NewAdminInput, actor: Principal | 'system'): Promise<AdminEntity> {
    const passwordHash = await hashPassword(input.password);
    return this.#uow.write((m) => this.insert(m, { ...input, passwordHash }, actor));
  }

  /** create() inside a write, with the password hashed before it. */
  async insert(
    m: EntityManager,
    input: Omit<NewAdminInput, 'password'> & { passwordHash: string },
    actor: Principal | 'system',
  ): Promise<AdminEntity> {
    const login = input.login.toLowerCase();
    if (await m.findOneBy(AdminEntity, { login })) throw fieldProblem('login', 'taken', 'There is an administrator of this name already.');
    const admin = await m.save(
      m.create(AdminEntity, {
        login,
        name: input.name,
        email: input.email,
        language: input.language,
        passwordHash: input.passwordHash,
        secondFactorSince: null,
        createdAt: Date.now(),
        lastLoginAt: null,
      }),
    );
    await this.#audit.record(actor, 'admin.create', 'admin', admin.id, undefined, shown(admin));
    this.#uow.afterCommit(() => {
      this.#setupNeeded = false;
    });
    return admin;
  }

  /** @throws ProblemError 409 for the last administrator and for oneself */
  async remove(id: number, actor: AdminPrincipal): Promise<void> {
    await this.#uow.write(async (m) => {
      const admin = await m.findOneBy(AdminEntity, { id });
      if (!admin) throw problem(404, 'not-found', 'There is no such administrator.');
      if (actor.adminId === id) throw problem(409, 'own-account', 'You cannot remove yourself; another administrator can.');
      if ((await m.count(AdminEntity)) <= 1) throw problem(409, 'last-admin', 'The last administrator cannot be removed.');
      await m.delete(AdminEntity, { id });
      await this.#audit.record(actor, 'admin.delete', 'admin', id, shown(admin), undefined);
    });
  }

  async update(
    id: number,
    changes: { name?: string | undefined; language?: Language | undefined; email?: string | null | undefined },
  ): Promise<void> {
    const defined = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    if (Object.keys(defined).length > 0) await this.#uow.write((m) => m.update(AdminEntity, { id }, defined));
  }

  async setPasswordHash(id: number, passwordHash: string, actor: Principal | 'system'): Promise<void> {
    await this.#uow.write(async (m) => {
      await m.update(AdminEntity, { id }, { passwordHash });
      await this.#audit.record(actor, 'admin.password', 'admin', id);
    });
  }

  /** Nobody with these rights comes in unseen. */
  async loggedIn(admin: AdminEntity): Promise<void> {
    const actor: AdminPrincipal = { kind: 'admin', adminId: admin.id, login: admin.login, name: admin.name, sessionId: null };
    await this.#uow.write(async (m) => {
      await m.update(AdminEntity, { id: admin.id }, { lastLoginAt: Date.now() });
      await this.#audit.record(actor, 'admin.login', 'admin', admin.id);
    });
  }
}
