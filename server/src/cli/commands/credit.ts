import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { withServer } from '../context.ts';
import { subscriberOf } from '../subscribers.ts';

interface CreditAnswer {
  readonly entry: { readonly amount: string; readonly endingBalance: string };
  /** True when this idempotency key had been used before: nothing was added again. */
  readonly replayed: boolean;
}

/** `dialtone credit add`: one ledger entry; with --key a repeated command adds nothing twice. */
export function addCreditCommands(program: Command): void {
  const credit = program.command('credit').description('credit: add');

  credit
    .command('add <number> <amount>')
    .description('add credit; a negative amount takes it away')
    .option('--reason <text>', 'stands in the ledger', 'Credit added on the command line')
    .option('--key <key>', 'idempotency key: the same key never adds twice')
    .action(
      withServer(async ({ api, out }, number: string, amount: string, options: { reason: string; key?: string }) => {
        const { id } = await subscriberOf(api, number);
        const answer = await api.post<CreditAnswer>(
          `/subscribers/${id}/credit`,
          { amount, reason: options.reason },
          { 'idempotency-key': options.key ?? randomUUID() },
        );
        out.print(answer, () =>
          answer.replayed
            ? `Nothing added: this key was used before. Balance then: ${answer.entry.endingBalance}`
            : `${answer.entry.amount} added. Balance: ${answer.entry.endingBalance}`,
        );
      }),
    );
}
