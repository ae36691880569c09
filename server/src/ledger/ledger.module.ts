import { Module } from '@nestjs/common';
import { LedgerController } from './ledger.controller.ts';

/** The ledger over HTTP; the entries themselves belong to billing. */
@Module({ controllers: [LedgerController] })
export class LedgerModule {}
