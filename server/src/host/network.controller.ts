import { Body, Controller, Get, Post, Put, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Actor, clientAddress, type Principal, plainAddress, Returns, Roles } from '../http/index.ts';
import { AdminNetworks } from '../settings/admin-networks.ts';
import type { FirewallSettings, NetworkSettings, SshSettings } from './contract/index.ts';
import {
  confirmedAnswer,
  firewallShape,
  networkAnswer,
  networkBody,
  pendingAnswer,
  sshAnswer,
  sshBody,
  tokenBody,
} from './host.schemas.ts';
import { HostService } from './host.service.ts';
import { HostClient } from './host-client.ts';

/** The address of this machine that a request came to. */
const reachedAt = (request: FastifyRequest): string => plainAddress(request.socket.localAddress ?? '');

/** How the machine is reached: its addresses, its firewall, SSH. */
@ApiTags('host')
@Controller('host')
export class NetworkController {
  readonly #client: HostClient;
  readonly #host: HostService;
  readonly #networks: AdminNetworks;

  constructor(client: HostClient, host: HostService, networks: AdminNetworks) {
    this.#client = client;
    this.#host = host;
    this.#networks = networks;
  }

  @Get('network')
  @Returns(networkAnswer)
  network() {
    return this.#host.network();
  }

  @Put('network')
  @ApiOperation({ summary: 'Apply network settings; they roll back after 120 s unless confirmed from the new address' })
  @Returns(pendingAnswer)
  change(@Body({ schema: networkBody }) body: NetworkSettings, @Actor() actor: Principal, @Req() request: FastifyRequest) {
    return this.#host.changeNetwork(body, reachedAt(request), actor);
  }

  /** Public: at the new address the browser has no session yet. The token, known to the administrator's page alone, is what counts. */
  @Post('network/confirm')
  @Roles('public')
  @ApiOperation({ summary: 'Keep the network settings that were just applied' })
  @Returns(confirmedAnswer)
  async confirm(@Body({ schema: tokenBody }) body: z.infer<typeof tokenBody>, @Req() request: FastifyRequest) {
    if (!this.#networks.allows(clientAddress(request))) throw this.#networks.refusal(request);
    await this.#host.confirmNetwork(body.token, reachedAt(request));
    return { confirmed: true as const };
  }

  @Post('network/rollback')
  @ApiOperation({ summary: 'Go back to the former network settings now' })
  @Returns(networkAnswer)
  rollBack(@Body({ schema: tokenBody }) body: z.infer<typeof tokenBody>, @Actor() actor: Principal) {
    return this.#host.rollBackNetwork(body.token, actor);
  }

  @Get('firewall')
  @Returns(firewallShape)
  firewall() {
    return this.#client.call('GET', '/firewall', { schema: firewallShape });
  }

  @Put('firewall')
  @Returns(firewallShape)
  changeFirewall(@Body({ schema: firewallShape }) body: FirewallSettings, @Actor() actor: Principal) {
    return this.#host.changeFirewall(body, actor);
  }

  @Get('ssh')
  @Returns(sshAnswer)
  ssh() {
    return this.#client.call('GET', '/ssh', { schema: sshAnswer });
  }

  @Put('ssh')
  @Returns(sshAnswer)
  changeSsh(@Body({ schema: sshBody }) body: SshSettings, @Actor() actor: Principal) {
    return this.#host.changeSsh(body, actor);
  }
}
