import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Returns } from '../http/index.ts';
import { MAIL_TEMPLATES, type MailTemplateName } from '../settings/settings.schema.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { type MailPreviewOrder, mailPreview, mailPreviewOrder, mailTemplateList } from './mail.schema.ts';
import { exampleValues } from './template-examples.ts';
import { builtInMail, fillMail } from './templates.ts';

/** Every text has these beside its own. */
const COMMON = ['operator', 'domain', 'url'] as const;

/** Mail texts for the page that edits them. What is changed is stored by the settings (`mailTemplates`). */
@ApiTags('mail')
@Controller('mail-templates')
export class MailTemplatesController {
  readonly #settings: SettingsService;

  constructor(settings: SettingsService) {
    this.#settings = settings;
  }

  @Get()
  @ApiOperation({ summary: 'Every mail text: ours, the operator’s, and the placeholders it may use' })
  @Returns(mailTemplateList)
  list() {
    const { mailTemplates } = this.#settings.current;
    const items = MAIL_TEMPLATES.map((name) => ({
      name,
      placeholders: this.#placeholders(name),
      builtIn: { en: builtInMail(name, 'en'), es: builtInMail(name, 'es') },
      own: mailTemplates[name] ?? null,
    }));
    return { items };
  }

  @Post('preview')
  @ApiOperation({ summary: 'The text as a mail would say it, with the values of an example' })
  @Returns(mailPreview)
  preview(@Body({ schema: mailPreviewOrder }) { template, subject, text }: MailPreviewOrder) {
    const url = this.#settings.webOrigin;
    const known = new Set(this.#placeholders(template));
    const used = [...`${subject}\n${text}`.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name);
    return {
      ...fillMail({ subject, text }, exampleValues(url)[template], this.#settings.current, url),
      unknown: [...new Set(used)].filter((name) => !known.has(name)),
    };
  }

  #placeholders(template: MailTemplateName): string[] {
    return [...Object.keys(exampleValues('')[template]), ...COMMON];
  }
}
