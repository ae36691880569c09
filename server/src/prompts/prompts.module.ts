import { Module } from '@nestjs/common';
import { PromptRecorderApp } from './prompt-recorder.app.ts';
import { PromptsController } from './prompts.controller.ts';
import { PromptsService } from './prompts.service.ts';

/** What callers hear, and how the operator puts his own words in its place. */
@Module({ controllers: [PromptsController], providers: [PromptsService, PromptRecorderApp] })
export class PromptsModule {}
