import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { type FeatureName, featureNames } from '../directory/feature-code.ts';
import { type Principal, problem } from '../http/index.ts';
import { defaultFeatureCodes } from './default-codes.ts';
import { FeatureCodeEntity } from './feature-code.entity.ts';
import type { FeatureCodeDto, FeatureCodePatch, MyFeatureCodes, NewFeatureCode } from './feature-code.schemas.ts';

/** The services that only make sense with a mailbox, or for administrators. */
const NOT_FOR_ALL = new Set<FeatureName>(['mailbox', 'prompt-recorder']);

/** The numbers of the services. */
@Injectable()
export class FeatureCodesService implements OnModuleInit {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #audit: AuditService;

  constructor(uow: UnitOfWork, reader: DataSource, directory: Directory, audit: AuditService) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#audit = audit;
  }

  async onModuleInit(): Promise<void> {
    this.#fill(await this.#reader.getRepository(FeatureCodeEntity).find());
  }

  list(): FeatureCodeDto[] {
    return this.#directory.featureCodes.all().map((code) => ({ ...code, clash: this.#ownerOf(code.code) ?? null }));
  }

  /** What this subscriber may dial. */
  listFor(subscriberId: number): MyFeatureCodes['items'] {
    const groups = this.#directory.subscriberById(subscriberId)?.groups ?? [];
    return this.#directory.featureCodes
      .all()
      .filter(({ enabled, code, feature }) => {
        const allowed = !NOT_FOR_ALL.has(feature) || (feature === 'mailbox' && groups.includes('voicemail'));
        return enabled && allowed && this.#ownerOf(code) === undefined;
      })
      .map(({ code, feature, prefix, description }) => ({ code, feature, prefix, description }));
  }

  create(body: NewFeatureCode, actor: Principal): Promise<FeatureCodeDto> {
    return this.#uow.write(async (m) => {
      await this.#requireFree(m, body.code);
      const { argument = null, prefix = false, enabled = true } = body;
      const saved = await m.save(m.create(FeatureCodeEntity, { ...body, argument, prefix, enabled }));
      await this.#audit.record(actor, 'feature-code.create', 'feature-code', saved.id, undefined, saved);
      await this.#tell(m);
      return this.#dto(saved);
    });
  }

  update(id: number, patch: FeatureCodePatch, actor: Principal): Promise<FeatureCodeDto> {
    return this.#uow.write(async (m) => {
      const found = await this.#find(m, id);
      const before = { ...found };
      if (patch.code !== undefined && patch.code !== found.code) await this.#requireFree(m, patch.code);
      Object.assign(found, patch);
      if (found.prefix) found.argument = null;
      await m.save(found);
      await this.#audit.record(actor, 'feature-code.change', 'feature-code', id, before, found);
      await this.#tell(m);
      return this.#dto(found);
    });
  }

  remove(id: number, actor: Principal): Promise<void> {
    return this.#uow.write(async (m) => {
      const row = await this.#find(m, id);
      await m.delete(FeatureCodeEntity, id);
      await this.#audit.record(actor, 'feature-code.delete', 'feature-code', id, row);
      await this.#tell(m);
    });
  }

  /** Takes all codes away and puts those of the product in their place. */
  reset(actor: Principal): Promise<FeatureCodeDto[]> {
    return this.#uow.write(async (m) => {
      const before = await m.find(FeatureCodeEntity);
      await m.createQueryBuilder().delete().from(FeatureCodeEntity).execute();
      const rows = await m.save(defaultFeatureCodes.map((code) => m.create(FeatureCodeEntity, { ...code })));
      const codes = (list: FeatureCodeEntity[]) => ({ codes: list.map(({ code }) => code) });
      await this.#audit.record(actor, 'feature-code.reset', 'feature-code', null, codes(before), codes(rows));
      await this.#tell(m);
      return rows.map((row) => this.#dto(row));
    });
  }

  async #requireFree(m: EntityManager, code: string): Promise<void> {
    const owner = this.#ownerOf(code);
    if (owner !== undefined) {
      const text = `${code} is the number of ${owner}, and goes on ringing there. Choose another code.`;
      throw problem(409, 'number-taken', text, [{ field: 'code', code: 'taken', message: `The number of ${owner}` }]);
    }
    if (await m.existsBy(FeatureCodeEntity, { code })) {
      throw problem(409, 'code-taken', `${code} is a code already.`, [{ field: 'code', code: 'taken', message: 'A code already' }]);
    }
  }

  /** Who has this number in one of the domains: his calls go to him, whatever code it is. */
  #ownerOf(code: string): string | undefined {
    const domains = new Set([this.#directory.settings.domain, ...this.#directory.domains]);
    for (const domain of domains) {
      const subscriber = this.#directory.subscriber(code, domain);
      if (subscriber) return subscriber.displayName || subscriber.number;
      const alias = this.#directory.alias(code, domain);
      if (alias) return this.#nameOf(alias.subscriberId) ?? alias.target ?? undefined;
    }
    const did = this.#directory.did(code);
    return did && (this.#nameOf(did.subscriberId) ?? did.target ?? undefined);
  }

  #nameOf(subscriberId: number | null): string | undefined {
    const subscriber = subscriberId === null ? undefined : this.#directory.subscriberById(subscriberId);
    return subscriber && (subscriber.displayName || subscriber.number);
  }

  async #find(m: EntityManager, id: number): Promise<FeatureCodeEntity> {
    const row = await m.findOneBy(FeatureCodeEntity, { id });
    if (!row) throw problem(404, 'not-found', 'There is no such code.');
    return row;
  }

  async #tell(m: EntityManager): Promise<void> {
    const rows = await m.find(FeatureCodeEntity);
    this.#uow.afterCommit(() => this.#fill(rows));
  }

  #fill(rows: readonly FeatureCodeEntity[]): void {
    // A code of a service that this version does not know leads nowhere.
    this.#directory.replaceFeatureCodes(rows.filter(({ feature }) => featureNames.includes(feature)).map((row) => ({ ...row })));
  }

  #dto({ id, code, feature, argument, prefix, enabled, description }: FeatureCodeEntity): FeatureCodeDto {
    return { id, code, feature, argument, prefix, enabled, description, clash: this.#ownerOf(code) ?? null };
  }
}
