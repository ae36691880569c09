import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ActiveCalls } from '../calls/active-calls.ts';
import { SipNode } from '../calls/sip-node.ts';
import { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { EventsService } from '../events/events.service.ts';
import { fieldProblem, Returns, timeOf } from '../http/index.ts';
import { StunServer } from '../media/stun/stun-server.ts';
import type { Binding } from '../registrar/binding.ts';
import { Registrar } from '../registrar/registrar.ts';
import { VERSION } from '../settings/version.ts';
import { dashboard } from './dashboard.schemas.ts';
import { DashboardService } from './dashboard.service.ts';
import { MediaFigures } from './media-figures.ts';
import { type MonitorDto, monitor, type PingTarget, pingResult, pingTarget } from './node.schemas.ts';
import { type StatisticsQuery, statistics, statisticsQuery } from './statistics.schemas.ts';
import { StatisticsService } from './statistics.service.ts';

const hour = 3_600_000;
const longestSpan = 100 * 24 * hour;

@ApiTags('monitoring')
@Controller()
export class NodeController {
  readonly #node: SipNode;
  readonly #stun: StunServer;
  readonly #calls: ActiveCalls;
  readonly #registrar: Registrar;
  readonly #directory: Directory;
  readonly #events: EventsService;
  readonly #dashboard: DashboardService;
  readonly #statistics: StatisticsService;
  readonly #media: MediaFigures;

  constructor(
    node: SipNode,
    stun: StunServer,
    calls: ActiveCalls,
    registrar: Registrar,
    directory: Directory,
    events: EventsService,
    dashboardService: DashboardService,
    statisticsService: StatisticsService,
    media: MediaFigures,
  ) {
    this.#node = node;
    this.#stun = stun;
    this.#calls = calls;
    this.#registrar = registrar;
    this.#directory = directory;
    this.#events = events;
    this.#dashboard = dashboardService;
    this.#statistics = statisticsService;
    this.#media = media;
  }

  @Get('dashboard')
  @ApiOperation({ summary: 'The home page: what to set up, now, today, gateways, alerts' })
  @Returns(dashboard)
  home() {
    return this.#dashboard.read();
  }

  @Get('statistics')
  @ApiOperation({ summary: 'Samples of each minute for charts, at most 300 points' })
  @Returns(statistics)
  between(@Query({ schema: statisticsQuery }) query: StatisticsQuery) {
    const to = query.to === undefined ? Date.now() : Date.parse(query.to);
    const from = query.from === undefined ? to - hour : Date.parse(query.from);
    if (from >= to) throw fieldProblem('to', 'invalid', 'The end lies before the beginning');
    return this.#statistics.between(Math.max(from, to - longestSpan), to);
  }

  @Get('monitor')
  @ApiOperation({ summary: 'Counters of the SIP server and of what carries the sound, since their start' })
  @Returns(monitor)
  async monitor(): Promise<MonitorDto> {
    const stats = this.#node.stats();
    const startedAt = stats.startedAt ?? Date.now();
    const { replies, ...layer } = stats.layer;
    const cpu = process.cpuUsage();
    let talking = 0;
    let waiting = 0;
    for (const call of this.#calls.list()) {
      if (call.state === 'talking') talking++;
      else waiting++;
    }
    return {
      version: VERSION,
      startedAt: timeOf(startedAt),
      upSeconds: Math.max(0, Math.floor((Date.now() - startedAt) / 1000)),
      process: { pid: process.pid, memoryBytes: process.memoryUsage.rss(), cpuSeconds: Math.round((cpu.user + cpu.system) / 10_000) / 100 },
      transactions: {
        current: stats.transactions.server + stats.transactions.client,
        server: stats.transactions.server,
        client: stats.transactions.client,
        total: layer.requestsReceived + layer.requestsSent,
        local: layer.requestsSent,
        waiting,
      },
      repliesByClass: Object.fromEntries([1, 2, 3, 4, 5, 6].map((kind) => [`${kind}xx`, replies[kind] ?? 0])),
      // 400 stands for 505 too: the transport layer counts requests it could not take, not what they were told.
      stateless: { '400': stats.transport.badRequest, '513': stats.transport.oversize },
      transport: { ...stats.transport },
      layer: { ...layer },
      registrations: this.#registrar.stats,
      keepAlive: { ...stats.keepAlive },
      stun: { ...this.#stun.stats },
      calls: { active: this.#calls.size, talking },
      media: await this.#media.read(),
      liveListeners: this.#events.listeners,
    };
  }

  @Post('ping')
  @ApiOperation({ summary: 'Ask a SIP address with OPTIONS whether it is there' })
  @Returns(pingResult)
  async ping(@Body({ schema: pingTarget }) body: PingTarget) {
    const own = this.#subscriber(body.uri);
    const phone = own && this.#phone(own);
    if (own && !phone) return { uri: body.uri, ok: false, status: null, reason: 'Not registered', rttMs: null };
    const uri = phone?.contact ?? (/^sips?:/i.test(body.uri) ? body.uri : `sip:${body.uri}`);
    const answer = await (phone ? this.#node.pingPhone(phone) : this.#node.ping(uri));
    return { uri, ok: answer.status !== null, status: answer.status, reason: answer.reason, rttMs: answer.rttMs };
  }

  /** `1001`, `1001@example.org` and `sip:1001@example.org` mean our subscriber, if there is one. */
  #subscriber(text: string): Subscriber | undefined {
    const [user = '', domain = this.#directory.settings.domain] = text.replace(/^sips?:/i, '').split('@');
    return this.#directory.subscriber(user, domain.toLowerCase());
  }

  /** Where his phone is: asked directly, not through ourselves. */
  #phone(subscriber: Subscriber): Binding | undefined {
    const [best] = [...this.#registrar.bindingsOf(subscriber.id)].sort((a, b) => b.q - a.q);
    return best;
  }
}
