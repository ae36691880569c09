import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, idParam, type Principal, Returns, ReturnsNothing } from '../http/index.ts';
import { PromptLanguagesService } from './prompt-languages.service.ts';
import { domainLanguages, domainParam, type PromptLanguageChoice, promptLanguageChoice, promptLanguageDto } from './prompts.schemas.ts';

/** The language of the prompts: of a subscriber, else of his domain, else of his pages. */
@ApiTags('prompts')
@Controller('prompt-languages')
export class PromptLanguagesController {
  readonly #languages: PromptLanguagesService;

  constructor(languages: PromptLanguagesService) {
    this.#languages = languages;
  }

  @Get('domains')
  @ApiOperation({ summary: 'Languages there are prompts for, and what was chosen for each domain' })
  @Returns(domainLanguages)
  domains() {
    return this.#languages.domains();
  }

  @Put('domains/:domain')
  @ApiOperation({ summary: 'Chooses what services speak to subscribers of a domain' })
  @ReturnsNothing()
  async chooseForDomain(
    @Param('domain', { schema: domainParam }) domain: string,
    @Body({ schema: promptLanguageChoice }) { language }: PromptLanguageChoice,
    @Actor() actor: Principal,
  ): Promise<void> {
    await this.#languages.chooseForDomain(domain, language, actor);
  }

  @Get('subscribers/:id')
  @ApiOperation({ summary: 'What was chosen for a subscriber' })
  @Returns(promptLanguageDto)
  ofSubscriber(@Param('id', { schema: idParam }) id: number) {
    return this.#languages.ofSubscriber(id);
  }

  @Put('subscribers/:id')
  @ApiOperation({ summary: 'Chooses what services speak to a subscriber' })
  @ReturnsNothing()
  async chooseForSubscriber(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: promptLanguageChoice }) { language }: PromptLanguageChoice,
    @Actor() actor: Principal,
  ): Promise<void> {
    await this.#languages.chooseForSubscriber(id, language, actor);
  }
}
