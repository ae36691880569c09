import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditService } from '../audit/audit.service.ts';
import { SipNode } from '../calls/sip-node.ts';
import { Directory } from '../directory/directory.ts';
import {
  Actor,
  fieldProblem,
  idParam,
  orderOf,
  type Principal,
  problem,
  Returns,
  ReturnsNothing,
  Roles,
  SubscriberActor,
  type SubscriberPrincipal,
  timeOf,
  timeOrNull,
} from '../http/index.ts';
import type { Binding } from '../registrar/binding.ts';
import { Registrar } from '../registrar/registrar.ts';
import {
  type NewRegistration,
  newRegistration,
  type RegistrationDto,
  type RegistrationQuery,
  registration,
  registrationList,
  registrationPage,
  registrationQuery,
} from './registration.schemas.ts';

@ApiTags('registrations')
@Controller()
export class RegistrationsController {
  readonly #registrar: Registrar;
  readonly #directory: Directory;
  readonly #audit: AuditService;
  readonly #node: SipNode;

  constructor(registrar: Registrar, directory: Directory, audit: AuditService, node: SipNode) {
    this.#registrar = registrar;
    this.#directory = directory;
    this.#audit = audit;
    this.#node = node;
  }

  @Get('registrations')
  @ApiOperation({ summary: 'Contact bindings now' })
  @Returns(registrationPage)
  list(@Query({ schema: registrationQuery }) query: RegistrationQuery) {
    const found = [...this.#matching(query)];
    const { field, direction } = orderOf(query.sort);
    const sign = direction === 'ASC' ? 1 : -1;
    const key = sortKeys[field as keyof typeof sortKeys];
    found.sort((a, b) => sign * compare(key(a), key(b)) || a.id - b.id);
    const from = (query.page - 1) * query.pageSize;
    const items = found.slice(from, from + query.pageSize).map((binding) => this.#dto(binding));
    return { items, total: found.length, page: query.page, pageSize: query.pageSize };
  }

  @Post('registrations')
  @ApiOperation({ summary: 'Add a contact by hand, for good or for a time' })
  @Returns(registration, { status: 201 })
  async add(@Body({ schema: newRegistration }) body: NewRegistration, @Actor() actor: Principal) {
    const subscriber = this.#directory.subscriberById(body.subscriberId);
    if (!subscriber) throw problem(404, 'not-found', 'There is no such subscriber.');
    const expiresAt = body.expiresSeconds == null ? null : Date.now() + body.expiresSeconds * 1000;
    const binding = this.#try(() =>
      this.#registrar.add(`sip:${subscriber.number}@${subscriber.domain}`, body.contact, {
        q: Math.round((body.q ?? 1) * 1000),
        expiresAt,
      }),
    );
    if (!binding) throw problem(404, 'not-found', 'There is no such subscriber.');
    await this.#audit.record(actor, 'registration.create', 'registration', binding.id, undefined, {
      aor: binding.aor,
      contact: binding.contact,
    });
    return this.#dto(binding);
  }

  @Delete('registrations/:id')
  @ApiOperation({ summary: 'Take a contact away. The phone comes back when it registers again' })
  @ReturnsNothing()
  async remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    const binding = this.#registrar.binding(id);
    if (!binding || !this.#registrar.remove(id)) throw problem(404, 'not-found', 'There is no such registration.');
    await this.#audit.record(actor, 'registration.delete', 'registration', id, { aor: binding.aor, contact: binding.contact }, undefined);
  }

  @Get('me/devices')
  @Roles('subscriber')
  @ApiOperation({ summary: 'My phones that are registered now' })
  @Returns(registrationList)
  mine(@SubscriberActor() actor: SubscriberPrincipal) {
    return { items: this.#registrar.bindingsOf(actor.subscriberId).map((binding) => this.#dto(binding)) };
  }

  *#matching(query: RegistrationQuery): Iterable<Binding> {
    const q = query.q?.toLowerCase();
    const source = query.subscriberId === undefined ? this.#registrar.list() : this.#registrar.bindingsOf(query.subscriberId);
    const now = Date.now();
    for (const binding of source) {
      if (binding.expiresAt !== null && binding.expiresAt <= now) continue;
      if (q && !this.#text(binding).includes(q)) continue;
      yield binding;
    }
  }

  #text(binding: Binding): string {
    const name = this.#directory.subscriberById(binding.subscriberId)?.displayName ?? '';
    return `${binding.aor} ${name} ${binding.contact} ${binding.received?.remote.address ?? ''} ${binding.userAgent ?? ''}`.toLowerCase();
  }

  #dto(binding: Binding): RegistrationDto {
    const subscriber = this.#directory.subscriberById(binding.subscriberId);
    const remote = binding.received?.remote;
    const health = this.#node.keepAlive.healthOf(binding.id);
    return {
      id: binding.id,
      subscriberId: binding.subscriberId,
      aor: binding.aor,
      number: subscriber?.number ?? '',
      displayName: subscriber?.displayName ?? '',
      contact: binding.contact,
      q: binding.q / 1000,
      expiresAt: timeOrNull(binding.expiresAt),
      registeredAt: timeOf(binding.registeredAt),
      refreshedAt: timeOf(binding.refreshedAt),
      source: remote ? `${remote.address.includes(':') ? `[${remote.address}]` : remote.address}:${remote.port}` : null,
      transport: remote?.protocol ?? null,
      behindNat: binding.nat,
      rttMs: health?.rttMs ?? null,
      unreachable: health?.unreachable ?? false,
      userAgent: binding.userAgent,
      callId: binding.callId,
      cseq: binding.cseq,
    };
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof Error && error.name === 'SipSyntaxError') {
        throw fieldProblem('contact', 'format', 'Expected a SIP URI such as sip:desk@192.0.2.10:5060');
      }
      throw error;
    }
  }
}

const sortKeys = {
  number: (binding: Binding): string => binding.aor,
  registeredAt: (binding: Binding): number => binding.registeredAt,
  refreshedAt: (binding: Binding): number => binding.refreshedAt,
  expiresAt: (binding: Binding): number => binding.expiresAt ?? Number.MAX_SAFE_INTEGER,
};

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
