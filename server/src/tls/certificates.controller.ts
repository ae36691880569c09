import { Body, Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminActor, type Principal, Returns } from '../http/index.ts';
import {
  type AcmeOrderInput,
  acmeOrder,
  acmeTerms,
  type CertificateChoice,
  type CertificateUpload,
  certificateChoice,
  certificatesState,
  certificateUpload,
} from './certificates.schemas.ts';
import { CertificatesService } from './certificates.service.ts';

@ApiTags('certificates')
@Controller('certificates')
export class CertificatesController {
  readonly #certificates: CertificatesService;

  constructor(certificates: CertificatesService) {
    this.#certificates = certificates;
  }

  @Get()
  @ApiOperation({ summary: 'The certificates there are, the one that is shown, and how the orders stand. Never a key' })
  @Returns(certificatesState)
  read() {
    return this.#certificates.state();
  }

  @Put('shown')
  @ApiOperation({ summary: 'Show another one, without a restart' })
  @Returns(certificatesState)
  async choose(@Body({ schema: certificateChoice }) { source }: CertificateChoice, @AdminActor() actor: Principal) {
    await this.#certificates.choose(source, actor);
    return this.#certificates.state();
  }

  @Put('uploaded')
  @ApiOperation({ summary: 'Bring a certificate and its key; it is shown from now on' })
  @Returns(certificatesState)
  async upload(@Body({ schema: certificateUpload }) body: CertificateUpload, @AdminActor() actor: Principal) {
    await this.#certificates.upload(body, actor);
    return this.#certificates.state();
  }

  @Delete('uploaded')
  @Returns(certificatesState)
  async remove(@AdminActor() actor: Principal) {
    await this.#certificates.removeUploaded(actor);
    return this.#certificates.state();
  }

  @Post('self-signed')
  @ApiOperation({ summary: 'Make a new certificate of our own, for the names this machine has now' })
  @Returns(certificatesState)
  async renew(@AdminActor() actor: Principal) {
    await this.#certificates.renewSelfSigned(actor);
    return this.#certificates.state();
  }

  @Put('acme')
  @ApiOperation({ summary: 'Order a certificate for public names (RFC 8555, http-01), now and whenever it runs out' })
  @Returns(certificatesState, { status: 202 })
  async order(@Body({ schema: acmeOrder }) body: AcmeOrderInput, @AdminActor() actor: Principal) {
    await this.#certificates.order(body, actor);
    return this.#certificates.state();
  }

  @Delete('acme')
  @ApiOperation({ summary: 'Order no more' })
  @Returns(certificatesState)
  async cancel(@AdminActor() actor: Principal) {
    await this.#certificates.cancelOrders(actor);
    return this.#certificates.state();
  }

  @Get('acme/terms')
  @ApiOperation({ summary: 'Where the terms of the authority are' })
  @Returns(acmeTerms)
  async terms() {
    return { url: await this.#certificates.terms() };
  }
}
