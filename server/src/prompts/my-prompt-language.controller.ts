import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Returns, ReturnsNothing, Roles, SubscriberActor, type SubscriberPrincipal } from '../http/index.ts';
import { PromptLanguagesService } from './prompt-languages.service.ts';
import { myPromptLanguage, type PromptLanguageChoice, promptLanguageChoice } from './prompts.schemas.ts';

/** In which language services speak to the subscriber himself. */
@ApiTags('me')
@Controller('me/prompt-language')
@Roles('subscriber')
export class MyPromptLanguageController {
  readonly #languages: PromptLanguagesService;

  constructor(languages: PromptLanguagesService) {
    this.#languages = languages;
  }

  @Get()
  @ApiOperation({ summary: 'What services speak to me, and what they could' })
  @Returns(myPromptLanguage)
  read(@SubscriberActor() { subscriberId }: SubscriberPrincipal) {
    return { ...this.#languages.ofSubscriber(subscriberId), languages: this.#languages.languages() };
  }

  @Put()
  @ApiOperation({ summary: 'Chooses what services speak to me' })
  @ReturnsNothing()
  async choose(
    @Body({ schema: promptLanguageChoice }) { language }: PromptLanguageChoice,
    @SubscriberActor() actor: SubscriberPrincipal,
  ): Promise<void> {
    await this.#languages.chooseForSubscriber(actor.subscriberId, language, actor);
  }
}
