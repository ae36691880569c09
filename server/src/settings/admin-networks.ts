import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SourceIndex } from '../directory/source-list.ts';
import { clientAddress, fieldProblem, type ProblemError, problem } from '../http/index.ts';
import type { SettingsPatch } from './settings.schema.ts';
import { SettingsService } from './settings.service.ts';

// Whoever sits at the machine itself could change the setting anyway.
const LOOPBACK = ['127.0.0.0/8', '::1'];

function indexOf(networks: readonly string[]): SourceIndex<true> {
  const index = new SourceIndex<true>();
  index.add([...LOOPBACK, ...networks], true);
  return index;
}

/** Where administrators may work from: the networks of the settings, and this machine. */
@Injectable()
export class AdminNetworks {
  #index = indexOf([]);

  constructor(settings: SettingsService) {
    settings.onChange((after, changed) => {
      if (changed.has('adminNetworks')) this.#index = indexOf(after.adminNetworks);
    });
  }

  allows(address: string): boolean {
    return this.#index.find(address, 0) === true;
  }

  /** 403 that says what to do. */
  refusal(request: FastifyRequest): ProblemError {
    return problem(
      403,
      'admin-network',
      `Administration is not allowed from ${clientAddress(request)}. Come from one of the networks in the settings, or allow this one on the machine itself (on the screen of the appliance under Access): dialtone access allow ${clientAddress(request)}`,
    );
  }

  /**
   * Nobody locks himself out: a change that leaves out the address it comes from is refused. The machine itself is never left out.
   * @throws ProblemError 400
   */
  refuseLockOut(changes: SettingsPatch, request: FastifyRequest): void {
    if (changes.adminNetworks === undefined) return;
    const address = clientAddress(request);
    if (indexOf(changes.adminNetworks).find(address, 0)) return;
    throw fieldProblem(
      'adminNetworks',
      'would-lock-out',
      `These networks leave out ${address}, where you are: you would be locked out. Add it, or make the change on the machine itself.`,
    );
  }
}
