import { Module } from '@nestjs/common';
import { MyPromptLanguageController } from './my-prompt-language.controller.ts';
import { PromptLanguagesController } from './prompt-languages.controller.ts';
import { PromptLanguagesService } from './prompt-languages.service.ts';
import { PromptRecorderApp } from './prompt-recorder.app.ts';
import { PromptsController } from './prompts.controller.ts';
import { PromptsService } from './prompts.service.ts';

/** What callers hear, in which language, and how the operator puts his own words in its place. */
@Module({
  controllers: [PromptsController, PromptLanguagesController, MyPromptLanguageController],
  providers: [PromptsService, PromptLanguagesService, PromptRecorderApp],
})
export class PromptsModule {}
