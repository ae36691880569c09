import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Actor,
  idParam,
  type Principal,
  Returns,
  ReturnsNothing,
  Roles,
  SubscriberActor,
  type SubscriberPrincipal,
} from '../http/index.ts';
import {
  type FeatureCodePatch,
  featureCodeDto,
  featureCodeList,
  featureCodePatch,
  myFeatureCodes,
  type NewFeatureCode,
  newFeatureCode,
} from './feature-code.schemas.ts';
import { FeatureCodesService } from './feature-codes.service.ts';

@ApiTags('services')
@Controller()
export class FeatureCodesController {
  readonly #codes: FeatureCodesService;

  constructor(codes: FeatureCodesService) {
    this.#codes = codes;
  }

  @Get('feature-codes')
  @ApiOperation({ summary: 'Numbers of the services' })
  @Returns(featureCodeList)
  list() {
    return { items: this.#codes.list() };
  }

  @Get('me/feature-codes')
  @Roles('subscriber')
  @ApiOperation({ summary: 'Services that I may dial' })
  @Returns(myFeatureCodes)
  mine(@SubscriberActor() actor: SubscriberPrincipal) {
    return { items: this.#codes.listFor(actor.subscriberId) };
  }

  @Post('feature-codes')
  @ApiOperation({ summary: 'Add a code' })
  @Returns(featureCodeDto, { status: 201 })
  create(@Body({ schema: newFeatureCode }) body: NewFeatureCode, @Actor() actor: Principal) {
    return this.#codes.create(body, actor);
  }

  @Post('feature-codes/reset')
  @ApiOperation({ summary: 'Take all codes away and put the usual ones in their place' })
  @Returns(featureCodeList)
  async reset(@Actor() actor: Principal) {
    return { items: await this.#codes.reset(actor) };
  }

  @Patch('feature-codes/:id')
  @ApiOperation({ summary: 'Change a code, or switch it off' })
  @Returns(featureCodeDto)
  update(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: featureCodePatch }) body: FeatureCodePatch,
    @Actor() actor: Principal,
  ) {
    return this.#codes.update(id, body, actor);
  }

  @Delete('feature-codes/:id')
  @ApiOperation({ summary: 'Take a code away' })
  @ReturnsNothing()
  remove(@Param('id', { schema: idParam }) id: number, @Actor() actor: Principal): Promise<void> {
    return this.#codes.remove(id, actor);
  }
}
